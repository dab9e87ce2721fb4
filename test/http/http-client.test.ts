import { createServer } from "node:net";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { httpClient } from "../../src/http/http-client.ts";
import { kindOf } from "../../src/sdk/errors.ts";
import { vendorServer, type VendorServer } from "../../src/sdk/testing.ts";

let server: VendorServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function failureOf(work: Promise<unknown>): Promise<Error & { mayHaveHappened?: boolean }> {
  const error: unknown = await work.catch((cause: unknown) => cause);
  expect(kindOf(error)).toBe("retryable");
  return error as Error & { mayHaveHappened?: boolean };
}

it("any status is an answer", async () => {
  server = await vendorServer(() => ({ status: 422, headers: { "x-left": "3" }, body: "no" }));

  const answer = await httpClient.send({ url: server.url, method: "POST", body: "a=1" });

  expect(answer).toMatchObject({ status: 422, headers: { "x-left": "3" } });
  expect(answer.text()).toBe("no");
  expect(server.requests[0]?.body.toString()).toBe("a=1");
});

it("an address with a password in it is refused, and the password told to nobody", async () => {
  const failure: unknown = await httpClient
    .send({ url: "https://anna:hush-hush@dav.example.com/book" })
    .catch((error: unknown) => error);

  expect(kindOf(failure)).toBe("configuration");
  expect(String(failure)).toContain("dav.example.com");
  expect(String(failure)).not.toMatch(/anna|hush/);
});

it("a redirect is not followed: it could carry keys to another host", async () => {
  server = await vendorServer(() => ({ status: 302, headers: { location: "/other" }, body: "" }));

  expect(await httpClient.send({ url: server.url })).toMatchObject({ status: 302 });
  expect(server.requests).toHaveLength(1);
});

it("nobody listening means that nothing can have happened", async () => {
  server = await vendorServer(() => ({ status: 200, body: "" }));
  const { url } = server;
  await server.close();

  const failure = await failureOf(httpClient.send({ url, method: "POST", body: "x" }));

  expect(failure.mayHaveHappened).toBe(false);
  expect(String(failure)).toContain("ECONNREFUSED");
});

it("no answer in time means that it may have happened", async () => {
  server = await vendorServer(() => new Promise(() => undefined));

  const failure = await failureOf(httpClient.send({ url: server.url, timeoutMs: 50 }));

  expect(failure.mayHaveHappened).toBe(true);
  expect(String(failure)).toContain("timed out");
});

it("a connection that breaks off means that it may have happened", async () => {
  const breaking = createServer((socket) => socket.once("data", () => socket.destroy()));
  await new Promise<void>((resolve) =>
    breaking.listen(0, "127.0.0.1", () => {
      resolve();
    }),
  );
  const { port } = breaking.address() as AddressInfo;

  const failure = await failureOf(httpClient.send({ url: `http://127.0.0.1:${port}/` }));
  breaking.close();

  expect(failure.mayHaveHappened).toBe(true);
});

it("messages name the host, never the path and its keys", async () => {
  const failure = await failureOf(
    httpClient.send({ url: "http://127.0.0.1:1/hook?api_key=secret" }),
  );

  expect(String(failure)).toContain("127.0.0.1:1");
  expect(String(failure)).not.toContain("secret");
});

it("an answer without end is cut off", async () => {
  server = await vendorServer(() => ({ status: 200, body: "x".repeat(21 * 1024 * 1024) }));

  expect(String(await failureOf(httpClient.send({ url: server.url })))).toContain("over");
});

describe("a call that must not lead into a private network", () => {
  const refusalOf = async (url: string) => {
    const error: unknown = await httpClient
      .send({ url, method: "POST", body: "x", onlyPublic: true })
      .catch((cause: unknown) => cause);
    expect(kindOf(error)).toBe("configuration");
    return String(error);
  };

  it.each([
    ["a name", (port: string) => `http://localhost:${port}/`],
    ["an address", (port: string) => `http://127.0.0.1:${port}/`],
    ["a number", (port: string) => `http://2130706433:${port}/`],
    ["an octal number", (port: string) => `http://0177.1:${port}/`],
    ["IPv6", (port: string) => `http://[::ffff:127.0.0.1]:${port}/`],
    ["nothing in particular", (port: string) => `http://0:${port}/`],
  ])("is refused before anything is sent, written as %s", async (_, urlOf) => {
    server = await vendorServer(() => ({ status: 200, body: "" }));

    const refusal = await refusalOf(urlOf(new URL(server.url).port));

    expect(refusal).toContain("is in a private network: nothing is sent there");
    expect(server.requests).toEqual([]);
  });
});
