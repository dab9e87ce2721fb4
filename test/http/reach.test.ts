import { afterEach, expect, it } from "vitest";

import { reach } from "../../src/http/reach.ts";
import { vendorServer, type VendorServer } from "../../src/sdk/testing.ts";

let server: VendorServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

it("who can be reached is asked nothing", async () => {
  server = await vendorServer(() => ({ status: 200, body: "" }));

  await reach({ url: `${server.url}/hook` });

  expect(server.requests).toEqual([]);
});

it("nobody listening is an error that may go away", async () => {
  server = await vendorServer(() => ({ status: 200, body: "" }));
  const { url } = server;
  await server.close();

  await expect(reach({ url })).rejects.toMatchObject({ kind: "retryable" });
});

it("a server that speaks no TLS where it should is no server", async () => {
  server = await vendorServer(() => ({ status: 200, body: "" }));

  const reaching = reach({ url: server.url.replace("http:", "https:") });

  await expect(reaching).rejects.toMatchObject({ kind: "retryable" });
});

it.each(["http://localhost:1/", "http://127.0.0.1:1/", "https://[::1]:1/"])(
  "%s is not reached out for when only public addresses may be",
  async (url) => {
    await expect(reach({ url, onlyPublic: true })).rejects.toMatchObject({ kind: "configuration" });
  },
);
