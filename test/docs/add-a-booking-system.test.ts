import { afterAll, beforeAll, expect, it, vi } from "vitest";

import { daysAfter } from "../../src/reconcile/days.ts";
import { ComparisonStore } from "../../src/reconcile/comparison-store.ts";
import type { SimulatedCall, SimulatedSystem } from "../../src/sdk/simulator.ts";
import { vendorServer, type VendorServer } from "../../src/sdk/testing.ts";
import { type App, callApi, startApp, untilSettled } from "../harness/app.ts";
import { buildPage } from "./built-page.ts";

const TOKEN = "cabins-token-0123456789abcdef";
const HOUR_MS = 60 * 60_000;

const page = buildPage("docs/add-a-booking-system.md", "pine-cabins");
await page.runItsTest();

let system: SimulatedSystem;
let api: VendorServer;
let app: App;

beforeAll(async () => {
  const { simulator } = await page.load();
  if (!simulator) throw new Error("it has no simulator");
  // What has happened an hour ago is not taken for a call that is still on its way.
  const clock = () => Date.now() - HOUR_MS;
  system = simulator.create({ seed: 1, now: Date.now(), clock });
  api = await vendorServer((request) => system.answer(request));
  const connection = { source: "pine-cabins", tokens: [TOKEN] };
  app = await startApp({
    config: {
      integrationPaths: [page.folder],
      connections: {
        cabins: { ...connection, settings: simulator.settings(api.url), since: "2020-01-01" },
        keyless: { ...connection, settings: { timeZone: "Europe/Oslo" }, since: "2020-01-01" },
      },
      reconcile: { everyMinutes: 0, importDays: 0 },
    },
  });
});

afterAll(async () => {
  await app.stop();
  await api.close();
  page.remove();
});

interface Sent {
  method: string;
  query?: string;
  contentType?: string;
  body?: Buffer | string;
}

async function send({ method, query = "", contentType, body }: Sent, connection = "cabins") {
  const response = await fetch(`${app.url}/hooks/${connection}/${TOKEN}?${query}`, {
    method,
    ...(contentType !== undefined && { headers: { "content-type": contentType } }),
    ...(body !== undefined && { body: body.toString() }),
  });
  expect(response.status).toBe(200);
  await untilSettled(app);
}

function storyOf(name: string) {
  const calls = system.play(name)[Symbol.iterator]();
  return (): SimulatedCall => {
    const next = calls.next();
    if (next.done === true) throw new Error(`${name} is over`);
    return next.value;
  };
}

async function booking(reference: string, connection = "cabins") {
  const { status, body } = await callApi(app, `/bookings/${connection}/${reference}`);
  return status === 200 ? (body as Record<string, unknown>) : undefined;
}

async function eventsOf(reference: string, connection = "cabins") {
  const { body } = await callApi(app, `/events?connection=${connection}&subject=${reference}`);
  const { data } = body as { data: { type: string }[] };
  return data.map(({ type }) => type.replace(/^.*?((booking|payment)\.)/, "$1")).toSorted();
}

it("the page gives every file of an integration", () => {
  expect(page.files).toEqual([
    "README.md",
    "account.ts",
    "client.ts",
    "config.ts",
    "fields.ts",
    "fixtures/changed.query",
    "fixtures/hostile.json",
    "fixtures/new.form",
    "fixtures/paid.json",
    "index.ts",
    "lists.ts",
    "pine-cabins.test.ts",
    "simulator.ts",
    "source.ts",
    "view.ts",
    "words.ts",
  ]);
  expect(page.text).toContain("integrationPaths: [./my-integrations]");
});

it("a booking is new, confirmed, changed and paid, each told once although every call comes twice", async () => {
  const next = storyOf("kept");
  const first = next();
  const { about } = first;

  await send(first);
  await send(first);
  expect(await booking(about)).toMatchObject({
    status: "requested",
    title: "Forest cabin",
    totals: { total: { amount: "450.00", currency: "EUR" } },
    customer: { email: `guest-${about}@example.com` },
  });
  for (let step = 1; step <= 3; step += 1) {
    const call = next();
    await send(call);
    await send(call);
  }

  expect(await booking(about)).toMatchObject({
    status: "confirmed",
    title: "Lake cabin",
    totals: { total: { amount: "520.00" }, paid: { amount: "520.00" } },
  });
  expect(await eventsOf(about)).toEqual([
    "booking.confirmed",
    "booking.modified",
    "booking.requested",
    "payment.received",
  ]);
});

it("a booking that is cancelled is cancelled once", async () => {
  const next = storyOf("cancelled");

  const { about, ...call } = next();
  await send(call);
  const last = next();
  await send(last);
  await send(last);

  expect(await booking(about)).toMatchObject({ status: "cancelled" });
  expect(await eventsOf(about)).toEqual(["booking.cancelled", "booking.requested"]);
});

it("without a key the calls themselves are the state, and what one leaves out stays", async () => {
  const json = { method: "POST", contentType: "application/json" };
  const told = { booking: "7", state: "hold", cabin: "Hut", guest: "Guest", currency: "EUR" };

  await send({ ...json, body: JSON.stringify({ event: "new", ...told }) }, "keyless");
  await send(
    {
      method: "POST",
      contentType: "application/x-www-form-urlencoded",
      body: "event=confirmed&booking=7&state=booked&guest=",
    },
    "keyless",
  );

  const known = await booking("7", "keyless");
  expect(known).toMatchObject({ status: "confirmed", title: "Hut" });
  expect(known?.["customer"] ?? {}).not.toHaveProperty("name");
  expect(await eventsOf("7", "keyless")).toContain("booking.confirmed");
});

it("a call that nobody can read stays visible with the reason, and the next one is read", async () => {
  const json = { method: "POST", contentType: "application/json" };
  await send({ ...json, body: '{"event":"new","booking":' });
  await send({ method: "GET", query: "event=new&booking=..%2Faccount" });

  const { body } = await callApi(app, "/deliveries?state=failed");
  const { data } = body as { data: { reason: string }[] };
  expect(data.map(({ reason }) => reason).toSorted()).toEqual([
    expect.stringContaining("no JSON"),
    expect.stringContaining("no number of a booking"),
  ]);
  const call = storyOf("kept")();
  await send(call);
  expect(await booking(call.about)).toMatchObject({ status: "requested" });
});

it("a booking whose calls were lost is found in the list", async () => {
  const next = storyOf("kept");
  next();
  const { about } = next();
  expect(await booking(about)).toBeUndefined();

  const today = new Date().toISOString().slice(0, 10);
  const days = { from: today, to: daysAfter(today, 100) };
  await new ComparisonStore(app.db).ask("cabins", "reconcile", { days });

  await vi.waitFor(
    async () => {
      expect(await booking(about)).toMatchObject({ status: "confirmed" });
    },
    { timeout: 30_000, interval: 200 },
  );
  expect(api.requests.some(({ url }) => url.includes("arriving_from="))).toBe(true);
});
