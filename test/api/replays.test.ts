import { readdirSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, it } from "vitest";

import { type App, callApi, untilSettled } from "../harness/app.ts";
import { onEachStore } from "../harness/stores.ts";
import { confirmedReservation, notify, reservation, startBikes } from "./bikes.ts";
import { startTours } from "./tours.ts";

interface Listed {
  data: {
    id: string;
    state: string;
    reason: string | null;
    receivedAt: string;
    createdAt: string;
    eventIds: readonly string[];
  }[];
}

async function list(app: App, path: string): Promise<Listed["data"]> {
  return ((await callApi(app, path)).body as Listed).data;
}

async function states(app: App, path: string): Promise<string[]> {
  return (await list(app, path)).map(({ state }) => state);
}

async function status(app: App) {
  const { body } = await callApi(app, "/status");
  return body as { accepted: number; waiting: number; events: number; jobs: { done: number } };
}

/** What the guest has got, and what the ledger says was done. */
async function outside(app: App) {
  const outbox = join(app.settings.dataFolder, "outbox");
  const mails = readdirSync(outbox).filter((name) => name.endsWith(".eml"));
  return { mails: mails.length, effects: (await list(app, "/effects")).length };
}

onEachStore((store) => {
  let app: App | undefined;
  afterEach(() => app?.stop());

  async function startShop(): Promise<App> {
    app = await startBikes({ location: await store.newLocation() });
    return app;
  }

  it("a job that runs again does not send the guest a second voucher", async () => {
    const shop = await startShop();
    await confirmedReservation(shop);
    const [job] = await list(shop, "/jobs");

    const answer = await callApi(shop, `/jobs/${job?.id ?? ""}/replay`, { method: "POST" });
    await untilSettled(shop);

    expect(answer).toMatchObject({ status: 200, body: { count: 1 } });
    const [again] = await list(shop, "/jobs");
    expect(again).toMatchObject({ id: job?.id, attempts: 2 });
    expect(await outside(shop)).toEqual({ mails: 1, effects: 1 });
    const { body } = await callApi(shop, `/jobs/${job?.id ?? ""}`);
    expect(body).toMatchObject({ attemptList: [{ attempt: 1 }, { attempt: 2 }] });
    expect(await status(shop)).toMatchObject({ accepted: 2, events: 2 });
  });

  it("the newest notification looked at anew makes no second event and is counted once", async () => {
    const shop = await startShop();
    await confirmedReservation(shop);
    const [newest] = await list(shop, "/deliveries");
    const before = await status(shop);

    const since = new Date(Date.parse(newest?.receivedAt ?? "")).toISOString();
    const answer = await callApi(shop, "/replays", { json: { kind: "deliveries", since } });
    await untilSettled(shop);

    expect(answer.body).toMatchObject({ state: "done", count: 1 });
    expect(await status(shop)).toMatchObject({ accepted: 2, events: before.events });
    expect(await outside(shop)).toEqual({ mails: 1, effects: 1 });
    const [again] = await list(shop, "/deliveries");
    expect(again).toMatchObject({ state: "duplicate", eventIds: newest?.eventIds });
  });

  it("older calls looked at anew do not put the booking back to what it was then", async () => {
    const shop = await startShop();
    await confirmedReservation(shop);
    const before = await status(shop);

    const json = { kind: "deliveries", connection: "bikes" };
    const answer = await callApi(shop, "/replays", { json });
    await untilSettled(shop);

    expect(answer.body).toMatchObject({ state: "done", count: 2 });
    expect(await status(shop)).toMatchObject({ events: before.events });
    expect((await callApi(shop, "/bookings/bikes/9000101")).body).toMatchObject({
      status: "confirmed",
      version: 2,
    });
  });

  it("all calls of an account whose API is asked can be looked at anew without a new event", async () => {
    const { tours, app: office } = await startTours(await store.newLocation());
    app = office;
    for (const story of tours.stories.slice(0, 6)) await tours.play(story);
    const before = await status(office);
    const count = (await list(office, "/deliveries?limit=500")).length;

    const json = { kind: "deliveries", connection: "fjord" };
    const dry = await callApi(office, "/replays", { json: { ...json, dryRun: true } });
    const answer = await callApi(office, "/replays", { json });
    await untilSettled(office);

    expect(dry.body).toEqual({ count });
    expect(answer.body).toMatchObject({ state: "done", count });
    expect(before.events).toBeGreaterThan(6);
    expect(await status(office)).toMatchObject({
      accepted: before.accepted,
      events: before.events,
    });
  });

  it("a call that only tells of itself makes no second event, even when it has been forgotten", async () => {
    const shop = await startShop();
    await confirmedReservation(shop);
    await notify(shop, reservation("custom_button_1", "9000101"));
    await untilSettled(shop);
    // As if other calls had come since and it had been forgotten.
    await shop.db.knex("subjects").update({ recent: Buffer.from("[]") });

    const [button] = await list(shop, "/deliveries");
    const since = button?.receivedAt;
    const answer = await callApi(shop, "/replays", { json: { kind: "deliveries", since } });
    await notify(shop, reservation("custom_button_2", "9000101"));
    await untilSettled(shop);

    expect(answer.body).toMatchObject({ state: "done", count: 1 });
    expect(await states(shop, "/events?type=button.pressed")).toHaveLength(2);
    expect(await states(shop, "/deliveries")).toContain("duplicate");
  });

  it("only what the filters name is replayed, and nothing of what is in line already", async () => {
    const shop = await startShop();
    await confirmedReservation(shop, "9000101");
    await confirmedReservation(shop, "9000102");
    await notify(shop, "notification_type=reservation_confirmed");
    await untilSettled(shop);
    const count = async (given: object) =>
      (await callApi(shop, "/replays", { json: { ...given, dryRun: true } })).body;

    expect(await count({ kind: "jobs", subject: "9000101" })).toEqual({ count: 1 });
    expect(await count({ kind: "jobs", handler: "voucher-mail/send-voucher" })).toEqual({
      count: 2,
    });
    expect(await count({ kind: "jobs", state: "ready" })).toEqual({ count: 0 });
    expect(await count({ kind: "deliveries", state: "failed" })).toEqual({ count: 1 });
    expect(await count({ kind: "deliveries", connection: "elsewhere" })).toEqual({ count: 0 });
    expect(await states(shop, "/jobs")).toEqual(["done", "done"]);
  });

  it("a replay can be looked up, with its filters and how far it is", async () => {
    const shop = await startShop();
    await confirmedReservation(shop);

    const answer = await callApi(shop, "/replays", { json: { kind: "jobs", subject: "9000101" } });
    const { id } = answer.body as { id: string };

    const replay = {
      id,
      kind: "jobs",
      state: "done",
      filters: { subject: "9000101" },
      count: 1,
      moved: 1,
    };
    expect(answer.body).toMatchObject(replay);
    expect((await callApi(shop, `/replays/${id}`)).body).toMatchObject(replay);
    expect(await list(shop, "/replays?state=done")).toMatchObject([replay]);
    expect(await list(shop, "/replays?state=open")).toEqual([]);
    expect(await callApi(shop, "/replays/none")).toMatchObject({ status: 404 });
  });

  it("a job that runs again keeps the time it was made, by which it is found", async () => {
    const shop = await startShop();
    await confirmedReservation(shop);
    const { createdAt } = (await list(shop, "/jobs"))[0] ?? { createdAt: "" };
    const until = new Date(Date.parse(createdAt) + 1).toISOString();
    const json = { kind: "jobs", since: createdAt, until };

    const first = await callApi(shop, "/replays", { json });
    await untilSettled(shop);
    const second = await callApi(shop, "/replays", { json });
    await untilSettled(shop);
    const elsewhere = await callApi(shop, "/replays", { json: { ...json, since: until } });

    expect(first.body).toMatchObject({ count: 1 });
    expect(second.body).toMatchObject({ count: 1 });
    expect(elsewhere.body).toMatchObject({ count: 0 });
    expect(await list(shop, "/jobs")).toMatchObject([{ createdAt, attempts: 3 }]);
  });

  it("a delivery that failed is read again and fails again with the same reason", async () => {
    const shop = await startShop();
    await notify(shop, "notification_type=reservation_confirmed");
    await untilSettled(shop);

    const answer = await callApi(shop, "/replays", {
      json: { kind: "deliveries", state: "failed" },
    });
    await untilSettled(shop);

    expect(answer.body).toMatchObject({ state: "done", count: 1 });
    const reason = "incomplete: no reservation";
    expect(await list(shop, "/deliveries")).toMatchObject([{ state: "failed", reason }]);
    expect(await status(shop)).toMatchObject({ accepted: 1, failed: 1, waiting: 0 });
  });
});
