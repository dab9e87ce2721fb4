import { afterEach, describe, expect, it, vi } from "vitest";

import { BIKES, confirmedReservation, notify, reservation } from "../api/bikes.ts";
import { type App, callApi, startApp, untilSettled } from "../harness/app.ts";
import { installClockPlugIn } from "../harness/clock-plug-in.ts";
import { command } from "./command.ts";
import { startCommand } from "./office.ts";

const REMINDER = { name: "reminder", relativeTo: "start", offset: "-48h" };
const TALLY = "count/tally";

interface ShopOptions {
  timers?: readonly object[];
  integrations?: object;
  roles?: string;
}

// What the commands ask the store is tried on both in test/schedule and test/api.
describe("bellhop schedule", () => {
  let app: App | undefined;
  afterEach(() => app?.stop());

  async function shop({ timers = [REMINDER], integrations, roles }: ShopOptions = {}) {
    app = await startApp({
      env: { MAIL_FROM: "post@bikes.example" },
      ...(roles !== undefined && { roles }),
      config: {
        ...BIKES,
        timers,
        integrations: integrations ?? { "voucher-mail": {}, reminders: {}, count: {} },
        integrationPaths: [installClockPlugIn()],
      },
    });
    return app;
  }

  /** Rows of a schedule, as they were made: `<state> <slot or hand> <since>`. */
  async function turnsOf({ db }: App) {
    const rows: { state: string; slot: string; reference_at: number; due_at: number }[] = await db
      .knex("occurrences")
      .where({ schedule: TALLY })
      .orderBy("position")
      .select("state", "slot", "reference_at", "due_at");
    return rows.map(({ state, slot, reference_at: since, due_at: dueAt }) => ({
      ...{ state, since, dueAt },
      isByHand: slot.startsWith("hand:"),
    }));
  }

  const untilInLine = (running: App) =>
    vi.waitFor(async () => {
      expect(await turnsOf(running)).not.toEqual([]);
    }, 10_000);

  it("occurrences are listed with when they are due and why", async () => {
    const running = await shop();
    await untilInLine(running);
    await confirmedReservation(running);
    const filters = [
      "--schedule",
      "reminder",
      "--state",
      "planned",
      "--from",
      "2026-01-01T00:00:00Z",
    ];

    const { code, out } = await command(running, "list", "occurrences", ...filters);
    const json = await command(running, "list", "occurrences", "--json");
    const { body } = await callApi(running, "/occurrences");

    expect(code).toBe(0);
    expect(out).toMatch(
      /^[\d-]{10} [\d:]{5}Z +reminder +bikes\/9000101 +planned +48 hours before the start\n$/m,
    );
    expect(JSON.parse(json.out)).toEqual(body);
    expect(body).toMatchObject({
      data: [
        { schedule: "reminder", subject: "9000101", reason: "48 hours before the start" },
        { schedule: TALLY, connection: "-", subject: "clock", reason: "every day at 07:00" },
      ],
      next: null,
    });
  });

  it("a preview says what guests would get, and does nothing", async () => {
    const running = await shop();
    await untilInLine(running);
    await confirmedReservation(running);

    const near = await command(running, "schedule", "preview", "--schedule", "reminder");
    const { code, out } = await command(running, "schedule", "preview", "--days", "40");
    const json = await command(running, "schedule", "preview", "--days", "40", "--format", "json");

    expect(near.out).toContain("Nothing is planned for the next 7 days.");
    expect(code).toBe(0);
    expect(out).toMatch(/^[\d-]{10} 07:00 +count\/tally +would run: every day at 07:00$/m);
    expect(out).toMatch(
      /^[\d-]{10} [\d:]{5} +bikes\/9000101 +Ana Núñez +reminder +would mail the reminder "reminder" to the guest$/m,
    );
    expect(out).toMatch(/\n\nNothing was done\.\n$/);
    const { data } = JSON.parse(json.out) as { data: object[] };
    expect(data[1]).toMatchObject({
      ...{ schedule: "reminder", connection: "bikes", subject: "9000101", guest: "Ana Núñez" },
      ...{ timeZone: "Europe/Madrid", handler: "reminders/send-reminder" },
      what: `would mail the reminder "reminder" to the guest`,
    });
    expect(await running.db.knex("events").where({ type: "booking.timer" })).toEqual([]);
    expect(await running.db.knex("effects").where("handler", "like", "reminders/%")).toEqual([]);
  });

  it("a preview stands at the moment itself, and says what would not be sent", async () => {
    const timers = [
      { name: "thanks", relativeTo: "end", offset: "1h" },
      { name: "other", relativeTo: "start", offset: "-2h" },
    ];
    const running = await shop({ timers, integrations: { reminders: {} } });
    const name = { first_name: "Eve\u001b[2J", last_name: "\u202eNúñez" };
    await notify(running, reservation("reservation_confirmed", "9000102", name));
    await untilSettled(running);

    const { out } = await command(running, "schedule", "preview", "--days", "60");

    expect(out).toContain('would mail the reminder "thanks" to the guest');
    expect(out).toContain('would skip: timer "other" has no template here');
    expect(out).toContain("Eve [2J");
    // eslint-disable-next-line no-control-regex -- exactly these must not be there
    expect(out).not.toMatch(/[\u001b\u202e]/);
  });

  it("with many moments a preview ends somewhere and says how many are left", async () => {
    const running = await shop({ integrations: { count: {} } });
    await notify(running, reservation("reservation_confirmed", "9000101"));
    await untilSettled(running);
    const { db } = running;
    const columns = ["schedule", "connection", "subject", "state", "due_at", "reference_at"];
    const row: unknown = await db
      .knex("occurrences")
      .where({ schedule: "reminder" })
      .first(...columns, "updated_at");
    const copies = Array.from({ length: 209 }, (_, n) => ({
      ...(row as object),
      slot: `${n + 2}`,
    }));
    await db.knex.batchInsert("occurrences", copies, 40);
    const args = ["--schedule", "reminder", "--days", "40"];

    const { out } = await command(running, "schedule", "preview", ...args);

    expect(out.match(/would do nothing: nobody hears of it$/gm)).toHaveLength(200);
    expect(out).toContain("\n10 more are planned for the next 40 days.\n");
  });

  it("a schedule runs by hand, its windows without gap and overlap", async () => {
    const running = await shop();
    await untilInLine(running);

    const first = await command(running, "schedule", "run", TALLY);
    const second = await command(running, "schedule", "run", TALLY);

    expect(first).toMatchObject({ code: 0 });
    expect(first.out).toMatch(/^count\/tally: done: counted from .* to .*\n$/);
    expect(second.code).toBe(0);
    const turns = await turnsOf(running);
    const [planned, one, two] = turns;
    expect(turns.map(({ state, isByHand }) => [state, isByHand])).toEqual([
      ["planned", false],
      ["done", true],
      ["done", true],
    ]);
    expect(two?.since).toBe(one?.dueAt);
    expect(planned?.since).toBe(two?.dueAt);
    const done = await command(running, ...["list", "occurrences"], ...["--state", "done"]);
    expect(done.out.match(/ count\/tally +done +counted from /g)).toHaveLength(2);
    const { out } = await command(running, "schedule", "list");
    expect(out).toMatch(/^reminder +48 hours before the start +– +–/m);
    expect(out).toMatch(
      /^count\/tally +every day at 07:00 +[-\d]{10} [\d:]{5}Z +[-\d]{10} .*done: /m,
    );
  });

  it("a run that fails is a failure of the command", async () => {
    const running = await shop({ integrations: { count: { settings: { refuses: true } } } });
    await untilInLine(running);

    const { code, err } = await command(running, "schedule", "run", TALLY);

    expect(code).toBe(1);
    expect(err).toMatch(/count\/tally: dead: no such account \(bellhop replay job \S+ runs it/);
  });

  it("Ctrl-C ends the waiting, and the run goes on", async () => {
    const running = await shop();
    await untilInLine(running);
    await command(running, "pause", TALLY);
    const { env, settings, db } = running;

    const waiting = startCommand({ folder: settings.dataFolder, env }, "schedule", "run", TALLY);
    await vi.waitFor(async () => {
      expect(await db.knex("jobs").where({ handler: TALLY, state: "ready" })).toHaveLength(1);
    }, 20_000);
    waiting.interrupt();
    const { code, err } = await waiting.ended;
    await command(running, "resume", TALLY);
    await untilSettled(running);

    expect(code).toBe(1);
    expect(err).toContain(
      `stopped waiting. The running Bellhop goes on with it: "bellhop list jobs --handler ${TALLY}"`,
    );
    expect(await db.knex("jobs").where({ handler: TALLY, state: "done" })).toHaveLength(1);
  });

  it("where no Bellhop is at work a run waits for the next start", async () => {
    const running = await shop({ roles: "console" });

    const { code, out } = await command(running, "schedule", "run", TALLY);

    expect(code).toBe(0);
    expect(out).toContain("count/tally: no Bellhop is at work. It runs at the next start");
    expect(await turnsOf(running)).toMatchObject([
      { state: "planned", isByHand: true },
      { state: "planned", isByHand: false },
    ]);
  });

  it("what cannot be run, or is not there, is answered with what can be done", async () => {
    const running = await shop({ roles: "console" });
    const run = async (...args: string[]) => (await command(running, "schedule", ...args)).err;

    expect(await run("run", "count/taly")).toContain("did you mean count/tally?");
    expect(await run("run", "nothing")).toContain("no schedule nothing: known are count/tally");
    expect(await run("run", "reminder")).toContain(
      'it goes off for each booking, 48 hours before the start. "bellhop schedule preview --sch',
    );
    expect(await run("preview", "--schedule", "remindr")).toContain("did you mean reminder?");
    expect(await run("preview", "--days", "0")).toContain("Write a number from 1 to 366.");
  });

  it("without timers and schedules the list says how to add one", async () => {
    const running = await shop({ timers: [], integrations: {}, roles: "console" });

    const { code, out } = await command(running, "schedule", "list");

    expect(code).toBe(0);
    expect(out).toContain('- { name: reminder, relativeTo: start, offset: "-48h" }');
  });
});
