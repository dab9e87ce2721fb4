import { afterAll, beforeAll, expect, it } from "vitest";

import { type App, callApi } from "../harness/app.ts";
import { HOOK_TOKEN, notify, reservation, startBikes } from "./bikes.ts";

let app: App;
beforeAll(async () => {
  // Nobody reads them here: what is kept is what was sent.
  app = await startBikes({ roles: "receive,console" });
});
afterAll(() => app.stop());

interface WholeDelivery {
  headers: Record<string, string>;
  body: string;
  bodyEncoding: string;
  bytes: number;
}

async function newest(): Promise<WholeDelivery> {
  const { body } = await callApi(app, "/deliveries?limit=1");
  const [one] = (body as { data: { id: string }[] }).data;
  return (await callApi(app, `/deliveries/${one?.id ?? ""}`)).body as WholeDelivery;
}

it("one delivery shows the body as it was sent", async () => {
  const sent = reservation("reservation_confirmed", "9000101").toString();
  await notify(app, new URLSearchParams(sent));

  expect(await newest()).toMatchObject({
    body: sent,
    bodyEncoding: "utf-8",
    bytes: sent.length,
    query: "",
    method: "POST",
    state: "waiting",
  });
});

it.each([
  ["\uFEFFname=Núñez", "utf-8"],
  [Buffer.from("name=N\u00fa\u00f1ez", "latin1"), "latin1"],
  [Buffer.from([0, 255, 10, 128]), "latin1"],
])("the bytes of %j come back from its text", async (sent, encoding) => {
  const bytes = Buffer.from(sent as string);
  const url = `${app.url}/hooks/bikes/${HOOK_TOKEN}`;
  await fetch(url, { method: "POST", body: new Uint8Array(bytes) });

  const { body, bodyEncoding } = await newest();

  expect(bodyEncoding).toBe(encoding);
  expect(Buffer.from(body, encoding === "latin1" ? "latin1" : "utf8")).toEqual(bytes);
});

it("credentials and the callback's token are hidden, wherever a proxy wrote them", async () => {
  await notify(app, reservation("reservation_confirmed", "9000101"));

  const { headers } = await newest();

  expect(headers["authorization"]).toBe("[hidden]");
  expect(headers["x-original-url"]).toBe("/hooks/bikes/[hidden]");
  expect(headers["content-type"]).toContain("x-www-form-urlencoded");
});

it("no answer of the API holds a token", async () => {
  await notify(app, reservation("reservation_confirmed", "9000101"));

  for (const path of ["/deliveries", "/status", "/openapi.json"]) {
    expect(JSON.stringify((await callApi(app, path)).body)).not.toContain(HOOK_TOKEN);
  }
  expect(JSON.stringify(await newest())).not.toContain(HOOK_TOKEN);
});

it("the list gives the length of a body of a mebibyte and does not send it", async () => {
  await notify(app, `form_items=${"x".repeat(1_000_000)}`);

  const { body } = await callApi(app, "/deliveries?limit=500");

  expect((body as { data: { bytes: number }[] }).data[0]?.bytes).toBe(1_000_011);
  expect(JSON.stringify(body).length).toBeLessThan(20_000);
});
