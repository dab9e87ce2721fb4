import { readdirSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { AlertWork } from "../../src/alerts/alert-work.ts";
import { IncidentStore } from "../../src/alerts/incident-store.ts";
import { Watch } from "../../src/alerts/watch.ts";
import { Database, type DatabaseLocation } from "../../src/db/database.ts";
import { FactStore } from "../../src/db/fact-store.ts";
import { HourlyCounts } from "../../src/db/hourly-counts.ts";
import { RejectedTally } from "../../src/receive/rejected-tally.ts";
import { BIKES, notify, reservation, startBikes } from "../api/bikes.ts";
import { type App, callApi, untilSettled } from "../harness/app.ts";
import { type MailServer, startMailServer } from "../harness/mails.ts";
import { onOneStore } from "../harness/stores.ts";
import { SECRET, startWebhookServer, type WebhookServer } from "./webhook-server.ts";

const HANDLER = "voucher-mail/send-voucher";
const GUEST = "ana@guest.example";
const PATIENCE = { timeout: 30_000, interval: 20 };

onOneStore((store) => {
  const apps: App[] = [];
  let mail: MailServer;
  let hook: WebhookServer;
  beforeEach(async () => {
    [mail, hook] = [await startMailServer(), await startWebhookServer()];
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.stop();
    await mail.close();
    await hook.close();
  });

  async function start(
    location: DatabaseLocation,
    { simulated = false, roles = "all" } = {},
  ): Promise<App> {
    const bikes = { ...BIKES.connections.bikes, simulated };
    const app = await startBikes({
      location,
      roles,
      config: {
        ...BIKES,
        connections: { bikes },
        mail: { mode: "live", office: "office@bikes.example" },
        alerts: { webhook: { url: hook.url, secret: SECRET } },
      },
      env: { MAIL_FROM: "post@bikes.example", SMTP_URL: mail.url },
    });
    apps.push(app);
    return app;
  }

  /** Looks now, instead of within half a minute. */
  async function look(app: App, times = 1): Promise<void> {
    for (let time = 0; time < times; time += 1) await app.container.resolve(AlertWork).round();
  }

  async function stuck({ db }: App, count: number, state = "dead"): Promise<void> {
    const reason = `gave up after 61 attempts: 451 no mailbox for ${GUEST}`;
    await db.knex("jobs").insert(
      Array.from({ length: count }, (_, n) => ({
        id: `${state}-${n}`,
        event_id: `${state}-${n}`,
        handler: HANDLER,
        scope: `${state}-${n}`,
        connection: "bikes",
        subject: "9000101",
        state,
        reason,
        run_at: 0,
        created_at: 0,
      })),
    );
  }

  const subjects = () => mail.mails.map(({ subject }) => subject);
  const types = () => hook.received.map(({ message }) => message.type);

  it("the office and a program are told once that something needs them, and once that it is over", async () => {
    const app = await start(await store.newLocation());
    await stuck(app, 3);

    await look(app, 3);
    await vi.waitFor(() => {
      expect([mail.mails.length, hook.received.length]).toEqual([1, 1]);
    }, PATIENCE);
    const { body: during } = await callApi(app, "/status");
    await app.db.knex("jobs").update({ state: "skipped" });
    await look(app, 3);
    await vi.waitFor(() => {
      expect([mail.mails.length, hook.received.length]).toEqual([2, 2]);
    }, PATIENCE);

    expect(subjects()).toEqual([`Needs you: ${HANDLER}`, `Over: Needs you: ${HANDLER}`]);
    expect(mail.mails[0]?.text).toContain("3 things");
    expect(mail.mails[0]?.text).toContain("did not answer for a long time");
    expect(types()).toEqual(["incident.opened", "incident.closed"]);
    expect(hook.received.every(({ isSigned }) => isSigned)).toBe(true);
    expect(hook.received[0]?.message.data).toMatchObject({ kind: "dead", closedAt: null });
    expect(JSON.stringify([mail.mails, hook.received])).not.toContain(GUEST);
    expect(during).toMatchObject({ incidents: 1 });
    expect((await callApi(app, "/status")).body).toMatchObject({ incidents: 0 });
    expect((await callApi(app, "/incidents")).body).toMatchObject({
      data: [{ name: `dead:${HANDLER}`, kind: "dead", state: "closed" }],
    });
    expect((await callApi(app, "/incidents?state=open")).body).toMatchObject({ data: [] });
    expect((await callApi(app, "/incidents?state=closed&kind=dead")).body).toMatchObject({
      data: [{ state: "closed" }],
    });
  });

  it("of two processes one opens an incident, and people are told once", async () => {
    const location = await store.newLocation();
    const [one, other] = [await start(location), await start(location)];
    await stuck(one, 1, "held");
    const finding = { name: "silent:bikes", kind: "silent", reason: "Nothing came." } as const;

    const begun = await Promise.all(
      [one, other, one, other].map(({ db }) => new IncidentStore(db).begin(finding, ["webhook"])),
    );
    await Promise.all([look(one, 3), look(other, 3)]);
    await vi.waitFor(() => {
      expect(hook.received.length).toBeGreaterThanOrEqual(2);
      expect(mail.mails.length).toBeGreaterThanOrEqual(1);
    }, PATIENCE);
    await stopAll();

    expect(begun.filter(Boolean)).toHaveLength(1);
    expect(subjects()).toEqual([`Waits for a setting: ${HANDLER}`]);
    const names = hook.received.map(({ message }) => message.data.name);
    expect(names.filter((name) => name === `held:${HANDLER}`)).toHaveLength(1);
    expect(names.filter((name) => name === "silent:bikes")).toHaveLength(1);
  });

  async function stopAll(): Promise<void> {
    for (const app of apps.splice(0)) await app.stop();
  }

  it("who could not be told before a restart is told after it", async () => {
    const location = await store.newLocation();
    await start(location);
    await stopAll();
    const db = await Database.open(location);
    const finding = { name: "hourly:bikes", kind: "hourly", reason: "No tick." } as const;
    await new IncidentStore(db).begin(finding, ["mail", "webhook"]);
    await db.close();

    await start(location);

    await vi.waitFor(() => {
      expect([subjects(), types()]).toEqual([["Silent: bikes"], ["incident.opened"]]);
    }, PATIENCE);
  });

  it("a program that refuses is told again under the same id, and keeps no mail waiting", async () => {
    const app = await start(await store.newLocation());
    await stuck(app, 1);
    hook.status = 500;

    await look(app);
    await vi.waitFor(() => {
      expect([mail.mails.length, hook.received.length]).toEqual([1, 1]);
    }, PATIENCE);
    hook.status = 200;
    await vi.waitFor(() => {
      expect(hook.received.length).toBe(2);
    }, PATIENCE);

    expect(new Set(hook.received.map(({ id }) => id)).size).toBe(1);
    expect(hook.received[0]?.id).toMatch(/^incident-.+-opened$/);
    expect(mail.mails).toHaveLength(1);
  });

  it("a mail that was told but not noted comes again as the same mail", async () => {
    const app = await start(await store.newLocation());
    await stuck(app, 1);
    await look(app);
    await vi.waitFor(() => {
      expect(mail.mails).toHaveLength(1);
    }, PATIENCE);

    const work = app.container.resolve(AlertWork);
    await work.end();
    expect(await app.db.knex("notices").where({ channel: "mail" }).update({ due_at: 0 })).toBe(1);
    work.begin();
    await vi.waitFor(() => {
      expect(mail.mails.length).toBeGreaterThan(1);
    }, PATIENCE);

    expect(new Set(mail.mails.map(({ messageId }) => messageId)).size).toBe(1);
  });

  it("what has waited too long is an incident, by the database's clock", async () => {
    const app = await start(await store.newLocation(), { roles: "console" });
    const { knex, dialect } = app.db;
    const due = knex.raw(`${dialect.nowMs} - ?`, [16 * 60_000]);
    await knex("lanes").insert({ handler: HANDLER, scope: "x", waiting: 1, due_at: due });
    await knex("pauses").insert({ handler: HANDLER, kind: "person", until: 9e14, reason: "" });

    await look(app, 3);
    const whilePaused = await open(app);
    await knex("pauses").delete();
    await look(app);
    const seenOnce = await open(app);
    await look(app);

    expect({ whilePaused, seenOnce }).toEqual({ whilePaused: [], seenOnce: [] });
    expect(await open(app)).toEqual([`backlog:${HANDLER}`]);
  });

  async function open({ db }: App): Promise<string[]> {
    return [...(await new IncidentStore(db).open()).keys()];
  }

  it("what a simulation does wrong is said on this machine alone", async () => {
    const app = await start(await store.newLocation(), { simulated: true });
    await stuck(app, 1);

    await look(app);

    await vi.waitFor(() => {
      expect(hook.received.map(({ message }) => message.data.name)).toEqual([
        `simulated:dead:${HANDLER}`,
      ]);
      expect(readdirSync(join(app.settings.dataFolder, "outbox"))).toHaveLength(1);
    }, PATIENCE);
    expect(mail.mails).toEqual([]);
  });

  it("calls that are turned away and a source that refuses are told, and told over", async () => {
    const app = await start(await store.newLocation());
    const [facts, tally] = [new FactStore(app.db), app.container.resolve(RejectedTally)];
    await facts.put(app.db.knex, "refused:bikes", JSON.stringify({ since: 0, reason: "no key" }));
    for (let call = 0; call < 10; call += 1) await fetch(`${app.url}/hooks/bikes/old-token`);
    await tally.flush();

    await look(app, 3);
    const during = await open(app);
    await facts.put(app.db.knex, "refused:bikes", undefined);
    await app.db.knex("hourly_counts").update({ hour: app.db.knex.raw("hour - 2") });
    await look(app, 3);
    await vi.waitFor(() => {
      expect(mail.mails).toHaveLength(4);
    }, PATIENCE);

    expect(during.toSorted()).toEqual(["refused:bikes", "rejected:bikes"]);
    expect(await open(app)).toEqual([]);
    expect(subjects().toSorted()).toEqual([
      "Calls turned away: bikes",
      "Over: Calls turned away: bikes",
      "Over: Refused by the booking system: bikes",
      "Refused by the booking system: bikes",
    ]);
    expect((await callApi(app, "/incidents?kind=rejected")).body).toMatchObject({
      data: [{ name: "rejected:bikes", state: "closed" }],
    });
  });

  it("what a list of the source told is no call that keeps a rhythm, nor what a record told", async () => {
    const app = await start(await store.newLocation());
    await app.container.resolve(AlertWork).end();
    const { db } = app;
    const hourly = new HourlyCounts(db);
    const parts = { facts: new FactStore(db), hourly, connections: ["fjord"], backlogMs: 900_000 };
    const watch = new Watch({ db, ...parts });
    const told = (method: string, id: string, received_at = Date.now()) => ({
      ...{ id, method, connection: "fjord", received_at, state: "done" },
      ...{ query: Buffer.of(), headers: Buffer.of(), body: Buffer.of() },
    });

    const recorded = told("GET", "5", Date.now() - 3 * 24 * 3_600_000);
    await watch.next();
    await db.knex("deliveries").insert([told("LIST", "1"), told("LIST", "2")]);
    const state = await watch.next();
    await db.knex("deliveries").insert([told("GET", "3"), told("LIST", "4"), recorded]);
    const after = await watch.next();

    expect(state?.connections["fjord"]).toMatchObject({ position: 2 });
    expect(state?.connections["fjord"]?.lastCallAt).toBeUndefined();
    expect(after?.connections["fjord"]).toMatchObject({ position: 5 });
    expect([...(await hourly.byHour("deliveries:fjord", 0)).values()]).toEqual([1]);
  });

  it("calls are counted by the hour, once, and a call that is looked at anew is none", async () => {
    const app = await start(await store.newLocation());
    await app.container.resolve(AlertWork).end();
    const hourly = new HourlyCounts(app.db);
    const watches = [1, 2].map(
      () =>
        new Watch({
          db: app.db,
          facts: new FactStore(app.db),
          hourly,
          connections: ["bikes"],
          backlogMs: 900_000,
        }),
    );
    const lookAll = () => Promise.all(watches.map((watch) => watch.next()));
    const counted = async () => {
      const hours = await hourly.byHour("deliveries:bikes", 0);
      return [...hours.values()].reduce((sum, calls) => sum + calls, 0);
    };

    await lookAll();
    for (let call = 0; call < 5; call += 1)
      await notify(app, reservation("new_verified_reservation", `90001${call}`));
    await notify(app, "notification_type=hourly&calendar=77001");
    await untilSettled(app);
    await lookAll();
    await callApi(app, "/replays", { json: { kind: "deliveries", connection: "bikes" } });
    await untilSettled(app);
    await lookAll();
    const state = await watches[0]?.next();

    expect(await counted()).toBe(6);
    expect(state?.connections["bikes"]?.lastCallAt).toBeGreaterThan(0);
    expect(state?.connections["bikes"]?.lastTickAt).toBeGreaterThan(0);
  });
});
