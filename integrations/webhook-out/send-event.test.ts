import { Webhook } from "standardwebhooks";
import { afterEach, expect, it, test } from "vitest";

import { cloudEventOf, messageOf } from "#sdk";
import { vendorServer, type VendorServer } from "#sdk/testing";

import { desk, EVENT_ID, eventOf, NEWER_SECRET, SECRET } from "./testing.ts";

let server: VendorServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const PATH = "/in/key-3f9a";

async function receiver(...statuses: readonly number[]) {
  const left = [...statuses];
  const started = await vendorServer(() => ({ status: left.shift() ?? 204, body: "" }));
  server = started;
  return { url: started.url + PATH, allowPrivate: true, requests: started.requests };
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.unreachable("it should have failed"),
    (error: unknown) => error,
  );
}

/** @throws unless the request carries a good signature of the secret. */
function verified(request: VendorServer["requests"][number] | undefined, secret: string): unknown {
  if (!request) throw new Error("nothing came");
  return new Webhook(secret).verify(request.body.toString("utf8"), request.headers);
}

test("an event is sent as a CloudEvent, the same as the API shows it, and the signature is good", async () => {
  const { requests, ...settings } = await receiver();

  const result = await desk(settings).handle();

  const [request] = requests;
  const { host } = new URL(settings.url);
  expect(result).toEqual({ done: `sent booking.confirmed to ${host}` });
  expect(request).toMatchObject({
    method: "POST",
    url: PATH,
    headers: {
      "content-type": "application/cloudevents+json; charset=utf-8",
      "webhook-id": EVENT_ID,
    },
  });
  expect(verified(request, SECRET)).toEqual(JSON.parse(JSON.stringify(cloudEventOf(eventOf()))));
  expect(verified(request, SECRET)).toMatchObject({
    specversion: "1.0",
    source: "/connections/fjord",
    data: {
      booking: {
        totals: { total: { amount: "180.00", minor: 18_000, currency: "EUR" } },
        start: { local: "2026-03-14T09:00", instant: "2026-03-14T08:00:00Z" },
      },
    },
  });
});

test("while the secret is changed, the receiver may know the old one or the new one", async () => {
  const { requests, ...settings } = await receiver();

  await desk({ ...settings, secret: [NEWER_SECRET, SECRET] }).handle();

  const [request] = requests;
  expect(request?.headers["webhook-signature"]?.split(" ")).toHaveLength(2);
  expect(verified(request, NEWER_SECRET)).toMatchObject({ id: EVENT_ID });
  expect(verified(request, SECRET)).toMatchObject({ id: EVENT_ID });
});

test("a body, an id or a time that was changed on the way is found out", async () => {
  const { requests, ...settings } = await receiver();

  await desk(settings).handle();

  const [request] = requests;
  if (!request) throw new Error("nothing came");
  const body = Buffer.from(request.body.toString().replace("180.00", "1.00"));
  const earlier = String(Number(request.headers["webhook-timestamp"]) - 1);
  const changed = [
    { ...request, body },
    { ...request, headers: { ...request.headers, "webhook-id": "another" } },
    { ...request, headers: { ...request.headers, "webhook-timestamp": earlier } },
  ];
  for (const one of changed) expect(() => verified(one, SECRET)).toThrow("No matching signature");
});

test("what guests write arrives letter by letter, and no letter of it is in a header", async () => {
  const hostile = 'Zoë "🛶"\r\nX-Injected: 1 \u2028</script> \ud800 \u0000';
  const { requests, ...settings } = await receiver();
  const booking = { connection: "fjord", version: 1, status: "confirmed" } as const;

  await desk(settings).handle(
    eventOf({
      subject: hostile,
      booking: { ...booking, reference: hostile, customer: { name: hostile } },
      custom: { [hostile]: hostile },
    }),
  );

  const [request] = requests;
  // UTF-8 has no half of a character; JSON writes it as an escape.
  expect(request?.body.toString()).toContain("\\ud800");
  expect(verified(request, SECRET)).toMatchObject({
    subject: hostile,
    data: { booking: { customer: { name: hostile } }, custom: { [hostile]: hostile } },
  });
  expect(JSON.stringify(request?.headers)).not.toContain("njected");
});

test("types that the settings do not name are passed over", async () => {
  const { requests, ...settings } = await receiver();
  const { handle } = desk({ ...settings, types: ["booking.cancelled", "clock.hourly"] });

  const results = [
    await handle(),
    await handle(eventOf({ type: "clock.hourly", id: "tick" })),
    await handle(eventOf({ type: "booking.cancelled", id: "end" })),
  ];

  const { host } = new URL(settings.url);
  expect(results).toEqual([
    { skipped: "booking.confirmed is not among the types to send" },
    { done: `sent clock.hourly to ${host}` },
    { done: `sent booking.cancelled to ${host}` },
  ]);
  expect(requests.map(({ headers }) => headers["webhook-id"])).toEqual(["tick", "end"]);
});

test("what failed is sent again under the same id, and once it is there not any more", async () => {
  const { requests, ...settings } = await receiver(503, 500, 204);
  const { handle, ledger } = desk(settings);

  await failureOf(handle());
  await failureOf(handle());
  await handle();
  await handle();

  expect(requests.map(({ headers }) => headers["webhook-id"])).toEqual(Array(3).fill(EVENT_ID));
  expect(ledger.performed).toEqual([EVENT_ID]);
});

test("a redirect is not followed", async () => {
  const { requests, ...settings } = await receiver(308);

  const error = await failureOf(desk(settings).handle());

  expect(error).toMatchObject({ kind: "configuration" });
  expect(requests).toHaveLength(1);
});

it.each([
  ["unless it is allowed", {}, "configuration"],
  ["when another name is allowed", { allowPrivate: ["other.example"] }, "configuration"],
])("nothing is sent into a private network %s", async (_, parts, kind) => {
  const { requests, url } = await receiver();

  const error = await failureOf(desk({ url, ...parts }).handle());

  expect(error).toMatchObject({ kind });
  expect(messageOf(error)).toContain("is in a private network");
  expect(messageOf(error)).toContain("unless allowPrivate names 127.0.0.1");
  expect(requests).toEqual([]);
});

it.each([[true], [["127.0.0.1"]]])(
  "it is sent there with allowPrivate %j",
  async (allowPrivate) => {
    const { requests, url } = await receiver();

    await desk({ url, allowPrivate }).handle();

    expect(requests).toHaveLength(1);
  },
);

it("neither the secret nor the path of the address is in what is logged or said", async () => {
  const { requests, ...settings } = await receiver(500, 404, 400, 302);
  const { handle, logLines, ledger } = desk(settings);

  const said: unknown[] = [];
  for (let turn = 0; turn < 4; turn += 1) said.push(messageOf(await failureOf(handle())));
  said.push(await handle(), ledger.entries(), ledger.plans, logLines);

  expect(requests).toHaveLength(5);
  expect(JSON.stringify(said)).not.toMatch(/3f9a|MfKQ9/);
});
