import { afterEach, expect, it } from "vitest";

import type { Status } from "../../src/queries/status.ts";
import { type App, callApi, untilSettled } from "../harness/app.ts";
import { onEachStore } from "../harness/stores.ts";
import { notify, reservation, startBikes } from "./bikes.ts";

async function status(app: App): Promise<Status> {
  return (await callApi(app, "/status")).body as Status;
}

onEachStore((store) => {
  const apps: App[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.stop();
  });

  it("whatever has become of them so far, the accepted calls add up at every moment", async () => {
    const app = await startBikes({ location: await store.newLocation() });
    apps.push(app);
    const seen: { accepted: number; sent: number }[] = [];

    for (let sent = 1; sent <= 60; sent += 1) {
      const [event, number] = sent % 3 === 0 ? ["", ""] : ["reservation_confirmed", sent % 20];
      await notify(app, reservation(event, String(9_000_100 + Number(number))));
      if (sent % 4 === 0) seen.push({ accepted: (await status(app)).accepted, sent });
    }
    await untilSettled(app);

    expect(seen.filter(({ accepted, sent }) => accepted !== sent)).toEqual([]);
    const end = await status(app);
    expect(end).toMatchObject({ accepted: 60, waiting: 0, held: 0, oldestWaitingSeconds: 0 });
    const deliveries = await app.db.knex("deliveries").where({ state: "failed" }).select("id");
    expect(end.failed).toBe(deliveries.length);
    const events = await app.db.knex("events").select("id");
    expect(end.events).toBe(events.length);
    const jobs = await app.db.knex("jobs").select("id");
    expect(Object.values(end.jobs).reduce((sum, count) => sum + count, 0)).toBe(jobs.length);
  });

  it("calls that nobody understands yet are counted, with the age of the oldest", async () => {
    const location = await store.newLocation();
    const app = await startBikes({ location, roles: "receive,console" });
    apps.push(app);
    await notify(app, reservation("reservation_confirmed", "9000101"));
    await notify(app, reservation("reservation_confirmed", "9000102"));
    await notify(app, reservation("reservation_confirmed", "9000103"));
    await app.db.knex("deliveries").where({ position: 3 }).update({ state: "held" });
    const receivedAt = Date.now() - 90_000;
    await app.db.knex("deliveries").where({ position: 1 }).update({ received_at: receivedAt });

    const { connections, ...all } = await status(app);

    expect(all).toMatchObject({ accepted: 3, waiting: 2, held: 1, failed: 0, spool: 0 });
    expect(all.oldestWaitingSeconds).toBeGreaterThanOrEqual(90);
    expect(all.oldestWaitingSeconds).toBeLessThan(120);
    const [bikes] = connections;
    expect(bikes).toMatchObject({ id: "bikes", source: "planyo", waiting: 2, held: 1 });
    expect(Date.parse(bikes?.lastReceivedAt ?? "")).toBeGreaterThan(receivedAt);
  });
});
