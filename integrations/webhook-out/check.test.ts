import { afterEach, expect, it } from "vitest";

import { checkContext, vendorServer, type VendorServer } from "#sdk/testing";

import { check } from "./check.ts";
import { WebhookOutConfig } from "./config.ts";
import { SECRET } from "./testing.ts";

let server: VendorServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const checking = (settings: object) =>
  check(checkContext(WebhookOutConfig.parse({ secret: SECRET, ...settings })));

it("says that the receiver can be reached, and sends it nothing", async () => {
  server = await vendorServer(() => ({ status: 200, body: "" }));
  const { host } = new URL(server.url);

  const line = await checking({ url: `${server.url}/key`, allowPrivate: true });

  expect(line).toBe(
    `${host} can be reached, nothing was sent; without https: others on the way can read what is sent`,
  );
  expect(server.requests).toEqual([]);
});

it("an address in a private network is refused as long as nothing allows it", async () => {
  server = await vendorServer(() => ({ status: 200, body: "" }));

  await expect(checking({ url: server.url })).rejects.toMatchObject({
    kind: "configuration",
    message:
      "127.0.0.1 is in a private network: nothing is sent there, unless allowPrivate names 127.0.0.1",
  });
});

it("nobody there is an error that may go away, and does not tell the rest of the address", async () => {
  const error: unknown = await checking({
    url: "http://127.0.0.1:1/key-3f9a",
    allowPrivate: true,
  }).catch((cause: unknown) => cause);

  expect(error).toMatchObject({ kind: "retryable" });
  expect(String(error)).toContain("127.0.0.1:1");
  expect(String(error)).not.toContain("3f9a");
});
