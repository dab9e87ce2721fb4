import { afterEach, beforeEach, expect, it } from "vitest";

import { Database } from "../../src/db/database.ts";
import { PauseStore } from "../../src/dispatch/pause-store.ts";
import type { JobRow } from "../../src/queries/jobs.ts";
import { vendorServer, type VendorServer } from "../../src/sdk/testing.ts";
import { eventually } from "../harness/eventually.ts";
import { type App, callApi, startApp, untilSettled } from "../harness/app.ts";
import { Sheet } from "../harness/mirror-plug-in.ts";
import { onOneStore } from "../harness/stores.ts";
import { addToldBookings, type ToldBooking } from "../harness/told-bookings.ts";
import { command, type CommandResult } from "./command.ts";
import { installSheet, type SheetInstallation } from "../harness/sheet-installation.ts";

const SINCE = ["--since", "2026-01-01"] as const;

function numbered(count: number, parts: Partial<ToldBooking> = {}): ToldBooking[] {
  return Array.from({ length: count }, (_, index) => ({
    reference: `R-${index + 1}`,
    version: 2,
    events: ["booking.confirmed", "booking.modified"],
    parts: { madeAt: "2026-02-01T10:00:00Z" },
    ...parts,
  }));
}

const rowsOf = (count: number) => Array.from({ length: count }, (_, index) => `R-${index + 1} v2`);

onOneStore((store) => {
  let target: VendorServer;
  let sheet: Sheet;
  let place: SheetInstallation;
  let db: Database;
  beforeEach(async () => {
    sheet = new Sheet();
    target = await vendorServer((request) => sheet.answer(request));
    const location = await store.newLocation();
    place = installSheet(location, target.url);
    db = await Database.open(location);
  });
  afterEach(async () => {
    await db.close();
    await target.close();
  });

  const sync = (...args: string[]) => command(place, "sync", "sheet", ...args);
  const written = () => [...sheet.writes.keys()].toSorted();
  const reasons = async () => {
    const jobs: Pick<JobRow, "reason" | "handler">[] = await db
      .knex("jobs")
      .orderBy("position")
      .select("reason", "handler");
    return jobs.map(({ reason, handler }) => `${handler}: ${reason ?? ""}`);
  };

  it("all bookings go to the mirror, in their newest state, though no Bellhop runs; nobody is written to", async () => {
    await addToldBookings(db, "bikes", numbered(120));

    const { code, out } = await sync(...SINCE);

    expect({ code, out }).toEqual({
      code: 0,
      out: "120 bookings pushed to sheet/keep-row.\n",
    });
    expect(written()).toEqual(rowsOf(120).toSorted());
    expect(sheet.mails).toBe(0);
    expect(new Set(await reasons())).toEqual(new Set(["sheet/keep-row: booking.modified as v2"]));
  });

  it("a second one does nothing twice, and brings what has changed since", async () => {
    await addToldBookings(db, "bikes", numbered(3));
    await sync(...SINCE);
    const changed = { connection: "bikes", reference: "R-2", version: 3, status: "confirmed" };
    await db
      .knex("subjects")
      .where({ subject: "R-2" })
      .update({ version: 3, state: Buffer.from(JSON.stringify(changed)) });

    const { code } = await sync(...SINCE);

    expect(code).toBe(0);
    expect(written()).toEqual([...rowsOf(3), "R-2 v3"].toSorted());
    expect(sheet.twice).toEqual([]);
    const [row]: { jobs?: number }[] = await db.knex("jobs").count({ jobs: "*" });
    expect(Number(row?.jobs)).toBe(3);
  });

  it("a dry run counts and does nothing", async () => {
    await addToldBookings(db, "bikes", numbered(120));

    const { code, out } = await sync(...SINCE, "--dry-run");

    expect({ code, out }).toEqual({
      code: 0,
      out: "120 bookings would be pushed to sheet/keep-row. Nothing was done.\n",
    });
    expect(written()).toEqual([]);
    expect(await db.knex("jobs").select("id")).toEqual([]);
    expect(await db.knex("replays").select("id")).toEqual([]);
  });

  it("only what the instance is meant for, made or taking place since that day", async () => {
    const at = (date: string) => ({ date, timeZone: "Europe/Oslo" });
    const told = (reference: string, parts: ToldBooking["parts"]): ToldBooking => {
      return { reference, version: 1, events: ["booking.confirmed"], parts: parts ?? {} };
    };
    await addToldBookings(db, "bikes", [
      told("made-before", { madeAt: "2025-12-31T23:00:00Z" }),
      told("made-since", { madeAt: "2026-01-01T00:00:00Z" }),
      told("made-before-for-later", { madeAt: "2025-12-01", start: at("2026-01-01") }),
      told("took-place-before", { start: at("2025-06-01"), end: at("2025-06-02") }),
      told("goes-on", { start: at("2025-12-30"), end: at("2026-01-02") }),
      told("says-neither", {}),
      told("cancelled", { status: "cancelled", start: at("2026-05-01") }),
    ]);
    await addToldBookings(db, "boats", [told("of-another", { start: at("2026-05-01") })]);
    place.configure({ connections: ["bikes"], statuses: ["confirmed"] });

    await sync(...SINCE);

    expect(written()).toEqual(
      ["goes-on v1", "made-before-for-later v1", "made-since v1", "says-neither v1"].toSorted(),
    );
  });

  it("a booking is pushed by the newest event the handler is made for, else by whatever there is", async () => {
    await addToldBookings(db, "bikes", [
      { reference: "A", version: 3, events: ["booking.confirmed", "payment.received"] },
      { reference: "B", version: 1, events: ["booking.requested", "payment.received"] },
    ]);

    await sync(...SINCE);

    expect(await reasons()).toEqual([
      "sheet/keep-row: booking.confirmed as v3",
      "sheet/keep-row: payment.received as v1",
    ]);
  });

  it("what could not be pushed is said, tried again by the next one, and lets no other wait", async () => {
    await addToldBookings(db, "bikes", numbered(5));
    sheet.unwanted.add("R-3");

    const first = await sync(...SINCE);
    sheet.unwanted.clear();
    const second = await sync(...SINCE);

    expect(first.code).toBe(1);
    expect(first.out).toBe("4 bookings pushed to sheet/keep-row.\n");
    expect(first.err).toContain('1 need a person: "bellhop list jobs --handler sheet/keep-row');
    expect(second).toMatchObject({ code: 0, err: "" });
    expect(written()).toEqual(rowsOf(5));
    expect(sheet.twice).toEqual([]);
  });

  it("a running Bellhop and the command share the work, and nothing is done twice", async () => {
    await addToldBookings(db, "bikes", numbered(230));
    const app: App = await startApp({ ...place.app, location: place.location });

    const { code, out } = await command(app, "sync", "sheet", ...SINCE);
    await untilSettled(app);

    const { body } = await callApi(app, "/replays?kind=sync");
    await app.stop();
    expect({ code, out }).toEqual({ code: 0, out: "230 bookings pushed to sheet/keep-row.\n" });
    expect(body).toMatchObject({
      data: [
        {
          ...{ kind: "sync", state: "done", count: 230, moved: 230 },
          filters: { instance: "sheet", since: "2026-01-01" },
        },
      ],
    });
    expect(written()).toEqual(rowsOf(230).toSorted());
    expect(sheet.twice).toEqual([]);
  });

  it("one at a time: the same goes on, another is refused until the first is ended", async () => {
    await addToldBookings(db, "bikes", numbered(2));
    const filters = Buffer.from(JSON.stringify({ instance: "sheet", since: "2020-01-01" }));
    await db.knex("replays").insert({
      ...{ id: "old", kind: "sync", state: "open", filters, above: 1, below: 3 },
      ...{ count: 2, moved: 1, created_at: 1, updated_at: 1 },
    });

    const other = await sync(...SINCE);
    const same = await sync("--since", "2020-01-01");
    const after = await sync("--stop");

    expect(other.code).toBe(1);
    expect(other.err).toContain("since 2020-01-01 is under way");
    expect(same.out).toBe("2 bookings pushed to sheet/keep-row.\n");
    expect(written()).toEqual(["R-2 v2"]);
    expect(after.out).toBe("No sync of sheet is under way.\n");
  });

  it("in shadow nothing is pushed, and it does not say so", async () => {
    await addToldBookings(db, "bikes", numbered(2));
    place.configure({}, { mode: "shadow" });

    const { code, out } = await sync(...SINCE);

    expect({ code, out }).toEqual({
      code: 0,
      out: "2 bookings looked at by sheet/keep-row, in shadow: it was noted what would be pushed.\n",
    });
    expect(written()).toEqual([]);
  });

  it("one that another command has ended says so, and does not pass for done", async () => {
    await addToldBookings(db, "bikes", numbered(330));
    await new PauseStore(db).pause("sheet/keep-row", "person", "office is closed");

    const following = sync(...SINCE);
    await eventually(async () => {
      const rows = await db.knex("replays").where("moved", ">", 0).select("id");
      expect(rows).toHaveLength(1);
    });
    await sync("--stop");
    const { code, err } = await following;

    expect(code).toBe(1);
    expect(err).toContain("it was ended before all bookings had been looked at");
  });

  it.each<[string, string[], number, string]>([
    ["no day", ["sheet"], 2, "--since <date>"],
    ["no day of the calendar", ["sheet", "--since", "2026-02-30"], 2, "Write a date such as"],
    ["no instance", SINCE.slice(), 2, "missing required argument"],
    ["an unknown instance", ["crm", ...SINCE], 1, "no instance is called crm"],
    ["an instance that only writes to people", ["voucher-mail", ...SINCE], 1, "no picture"],
  ])("%s: that is said, and what to write", async (_, args, code, words) => {
    const result: CommandResult = await command(place, "sync", ...args);

    expect(result.code).toBe(code);
    expect(result.err).toContain(words);
  });
});
