import type { lookup } from "node:dns";
import type { LookupAddress } from "node:dns";

import { afterEach, expect, it } from "vitest";

import { noAnswer } from "../../src/http/no-answer.ts";
import { callBy } from "../../src/http/public-call.ts";
import { publicLookupBy } from "../../src/http/public-only.ts";
import { vendorServer, type VendorServer } from "../../src/sdk/testing.ts";

const PUBLIC = "93.184.215.14";

let server: VendorServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Answers each question for a name with the next of the lists. */
function resolver(...answers: readonly string[][]) {
  const asked: string[] = [];
  const resolve = (host: string, _: object, done: (e: null, all: LookupAddress[]) => void) => {
    asked.push(host);
    const addresses = answers[asked.length - 1] ?? [];
    done(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  };
  return { asked, resolve: resolve as unknown as typeof lookup };
}

const signal = AbortSignal.timeout(5_000);

it.each([
  ["a private address", ["10.0.0.1"]],
  ["a private address among public ones", [PUBLIC, "169.254.169.254"]],
])("a name with %s is refused", async (_, addresses) => {
  const { resolve } = resolver(addresses);

  const calling = callBy(publicLookupBy(resolve))({ url: "http://hooks.example/" }, signal);

  await expect(calling).rejects.toThrow("hooks.example is in a private network");
});

it("what is looked at is what is connected to: the name is looked up once, by the connection", async () => {
  server = await vendorServer(() => ({ status: 200, body: "" }));
  const { port } = new URL(server.url);
  const { asked, resolve } = resolver(["127.0.0.1"], [PUBLIC]);

  const calling = callBy(publicLookupBy(resolve))(
    { url: `http://rebinding.example:${port}/` },
    signal,
  );

  await expect(calling).rejects.toThrow("rebinding.example is in a private network");
  expect(asked).toEqual(["rebinding.example"]);
  expect(server.requests).toEqual([]);
});

it("a call that may be made brings method, headers and body there, and the answer back", async () => {
  server = await vendorServer(() => ({ status: 202, headers: { "x-id": "7" }, body: "thanks" }));
  const { port } = new URL(server.url);
  const { resolve } = resolver(["127.0.0.1"]);
  const url = `http://hooks.example:${port}/in?key=1`;

  const answer = await callBy(resolve)(
    { url, method: "POST", headers: { "content-type": "text/plain" }, body: "Zoë" },
    signal,
  );

  expect(answer).toMatchObject({ status: 202, headers: { "x-id": "7" } });
  expect(server.requests).toMatchObject([
    { method: "POST", url: "/in?key=1", headers: { host: `hooks.example:${port}` } },
  ]);
  expect(server.requests[0]?.body.toString()).toBe("Zoë");
});

it("an answer that does not come in time may have happened", async () => {
  server = await vendorServer(() => new Promise(() => undefined));
  const { port } = new URL(server.url);
  const { resolve } = resolver(["127.0.0.1"]);
  const url = `http://hooks.example:${port}/`;

  const error: unknown = await callBy(resolve)({ url }, AbortSignal.timeout(50)).catch(
    (cause: unknown) => cause,
  );

  expect(noAnswer(url, error)).toMatchObject({
    message: `no answer from hooks.example:${port}: timed out`,
    mayHaveHappened: true,
  });
});
