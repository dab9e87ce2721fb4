import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { ComparedDays } from "../../src/reconcile/compared-days.ts";
import { daysAfter } from "../../src/reconcile/days.ts";
import { DifferenceStore } from "../../src/reconcile/difference-store.ts";
import type { Change } from "../../src/sdk/booking-event.ts";
import type { SimulatedCall, SimulatedSystem } from "../../src/sdk/simulator.ts";
import { knownBookings, truthsOf } from "../harness/known-bookings.ts";
import { type PassingTime, startPassingTime } from "../harness/passing-time.ts";
import { readCsv } from "./csv.ts";
import { type Office, openOffice, SOURCE_NAMES, type SourceName } from "./office.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const CANCELLED: Readonly<Record<SourceName, string>> = {
  fjord: "cancelled",
  bikes: "cancelled-by-guest",
};
const DRY_HINT = "the same command without --dry-run repairs what it can\n";
const LEFT_OUT = "left out: echo: example-echo has no lists to ask for";

let time: PassingTime;
const offices: Office[] = [];
beforeEach(() => {
  time = startPassingTime();
});
afterEach(async () => {
  await Promise.all(offices.splice(0).map((office) => office.close()));
  time.stop();
});

/** An office that knows all bookings that are to come. */
async function imported(reconcile: object = {}, names = SOURCE_NAMES): Promise<Office> {
  const office = await openOffice({ bookings: 12, reconcile });
  offices.push(office);
  for (const name of names) await office.run("import", name);
  time.pass(2 * MINUTE_MS);
  return office;
}

/** Reference of the booking that a call is about. */
function aboutOf({ about }: SimulatedCall): string {
  return /\d+/.exec(about)?.[0] ?? "";
}

/** Takes the calls of a booking that is cancelled in the end; none of them arrives. */
function lose(system: SimulatedSystem, name: SourceName) {
  const calls = system.play(CANCELLED[name])[Symbol.iterator]();
  const first: unknown = calls.next().value;
  return {
    reference: aboutOf(first as SimulatedCall),
    cancel() {
      while (calls.next().done !== true);
    },
  };
}

/** Of the customer's address its lists tell nothing; that waits for the next look. */
const UNLISTED = /address edited/;

/**
 * Changes bookings without a call, until one is among them that is known here and shown in a list.
 *
 * @returns reference of that one.
 */
async function changeListed({ db, systems }: Office, name: SourceName): Promise<string> {
  const known = await knownBookings(db, name);
  for (let turn = 0; turn < 100; turn += 1) {
    const words = systems[name].changeSilently?.() ?? "";
    const reference = /\d+/.exec(words)?.[0] ?? "";
    if (known.has(reference) && !UNLISTED.test(words)) return reference;
  }
  throw new Error(`${name} changed none of ${[...known.keys()].join(" ")}`);
}

/** Whether all that is known of coming bookings is as at the source. */
async function expectAsAtSource({ db, systems }: Office, name: SourceName): Promise<void> {
  const tomorrow = daysAfter(new Date().toISOString().slice(0, 10), 1);
  const known = await knownBookings(db, name);
  const coming = [...truthsOf(systems[name])].filter(([, { startsOn }]) => startsOn >= tomorrow);
  expect(new Map([...known, ...coming])).toEqual(known);
}

async function events({ db }: Office): Promise<unknown[]> {
  return db.knex("events").orderBy("position").select("id");
}

describe.each(SOURCE_NAMES)("reconcile of %s", (name) => {
  it("finds a lost call, a cancellation and a silent change, and repairs them", async () => {
    const office = await imported({}, [name]);
    const system = office.systems[name];
    const lost = lose(system, name);
    time.pass(2 * MINUTE_MS);

    const missing = await office.run("reconcile", name);
    lost.cancel();
    const changed = await changeListed(office, name);
    time.pass(2 * MINUTE_MS);
    const differing = await office.run("reconcile", name);
    const agreeing = await office.run("reconcile", name);

    expect(missing).toMatchObject({ code: 0, err: "" });
    expect(missing.out).toMatch(new RegExp(`${lost.reference} +missing +call lost +repaired`));
    expect(differing).toMatchObject({ code: 0, err: "" });
    expect(differing.out).toMatch(new RegExp(`${lost.reference} +different .*repaired`));
    expect(differing.out).toMatch(new RegExp(`${changed} +different .*repaired`));
    expect(differing.out).toContain("; all repaired (");
    expect(agreeing).toMatchObject({ code: 0, err: "" });
    expect((await knownBookings(office.db, name)).get(lost.reference)?.status).toBe("cancelled");
    await expectAsAtSource(office, name);
  });

  it("--dry-run says what it would find and changes nothing; 1 until it is repaired", async () => {
    const office = await imported({}, [name]);
    const lost = lose(office.systems[name], name);
    const changed = await changeListed(office, name);
    time.pass(2 * MINUTE_MS);
    const before = [await events(office), await knownBookings(office.db, name)];

    const dry = await office.run("reconcile", name, "--dry-run");
    const after = [await events(office), await knownBookings(office.db, name)];
    const open = await office.run("reconcile", "--report");
    const repaired = await office.run("reconcile", name);
    const closed = await office.run("reconcile", "--report");

    const different = Number(/1 missing, (\d+) different/.exec(dry.out)?.[1]);
    const remain = 1 + different;
    expect(dry).toMatchObject({
      code: 1,
      err: `Nothing was changed.\nbellhop: ${remain} differences remain: ${DRY_HINT}`,
    });
    expect(dry.out).toContain(`1 missing, ${different} different; 0 repaired, ${remain} remain`);
    expect(dry.out).toMatch(new RegExp(`${lost.reference} +missing +remains`));
    expect(dry.out).toMatch(new RegExp(`${changed} +different .* here, .* remains`));
    expect(after).toEqual(before);
    expect(open).toMatchObject({ code: 1, out: dry.out });
    expect([repaired.code, closed.code, closed.err]).toEqual([0, 0, ""]);
  });

  it("--since looks further back than a week", async () => {
    const office = await imported({ daysAhead: 1 }, []);
    await office.run("reconcile", name);
    time.pass(2 * MINUTE_MS);
    const lost = lose(office.systems[name], name);
    time.pass(10 * DAY_MS);

    const usual = await office.run("reconcile", name);
    const since = new Date(Date.now() - 11 * DAY_MS).toISOString().slice(0, 10);
    const longer = await office.run("reconcile", name, "--since", since);

    expect(usual.out).not.toContain(lost.reference);
    expect(longer.out).toMatch(new RegExp(`${lost.reference} +missing +call lost +repaired`));
  });
});

describe("all connections", () => {
  it("are compared when none is named, and told of in one document", async () => {
    const office = await imported();
    for (const name of SOURCE_NAMES) lose(office.systems[name], name);
    time.pass(2 * MINUTE_MS);

    const json = await office.run("reconcile", "--dry-run", "--format", "json");
    const csv = await office.run("reconcile", "--format", "csv");

    expect(json.err).toContain(LEFT_OUT);
    expect(json.err).toContain(`bellhop: 2 differences remain: ${DRY_HINT}`);
    expect(JSON.parse(json.out)).toMatchObject([
      { connection: "fjord", missing: 1, remaining: 1, differences: [{ state: "open" }] },
      { connection: "bikes", missing: 1, remaining: 1, differences: [{ state: "open" }] },
    ]);
    expect(csv.code).toBe(0);
    const [header, ...rows] = readCsv(csv.out);
    expect(header?.join()).toBe(
      "connection,day,booking,kind,field,here,there,cause,state,found_at,closed_at",
    );
    expect(rows.map(([connection, , , kind]) => `${connection} ${kind}`)).toEqual([
      "fjord missing",
      "bikes missing",
    ]);
  });

  it("one that refuses us keeps no other from it, and is named", async () => {
    const office = await imported({}, []);
    office.configure({ fjord: { channels: { "51234": { apiKey: "wrong-key" } } } });

    const { code, out, err } = await office.run("reconcile");

    expect(code).toBe(1);
    expect(out).toMatch(/^bikes, \S+: \d+ bookings at the source/);
    expect(err).toMatch(/bellhop: fjord: .*check settings\.channels\.51234\.apiKey/);
    expect(err).toContain("bellhop: 1 of 2 connections could not be compared\n");
  });
});

describe("the report", () => {
  it("of an empty store says so, in each format", async () => {
    const office = await imported({}, []);

    const text = await office.run("reconcile", "--report", "--since", "2026-03-01");
    const csv = await office.run("reconcile", "--report", "--format", "csv");
    const json = await office.run("reconcile", "--report", "--format", "json");

    expect(text).toMatchObject({
      code: 0,
      out: "Nothing was compared since 2026-03-01.\n",
      err: "",
    });
    expect(csv).toMatchObject({ code: 0, err: "" });
    expect(readCsv(csv.out)).toHaveLength(1);
    expect(json).toMatchObject({ code: 0, out: "[]\n", err: "" });
  });

  it("after an import says that the others were there before", async () => {
    const office = await imported({}, ["fjord"]);

    const { out } = await office.run("reconcile", "fjord", "--report");

    expect(out).toMatch(
      /^fjord, \S+: \d+ bookings at the source, 0 known, the others from before Bellhop: no differences\n$/,
    );
  });

  it("opens in a spreadsheet: guests' commas, quotes and formulas stay in their cells", async () => {
    const office = await imported({}, []);
    const changes: Change[] = [
      { path: "customer.name", before: '=HYPERLINK("https://example.com")', after: 'A, "B"\nC' },
      { path: "remarks", before: "@SUM(A1)", after: "-1+1" },
    ];
    const found = { subject: "1201", kind: "different", shown: "a", changes } as const;
    await new ComparedDays(office.db).note("bikes", { there: 1, here: 1 }, Date.now());
    await office.db.transaction((trx) =>
      new DifferenceStore(office.db).note(trx, "bikes", [{ ...found, delivery: null }], Date.now()),
    );

    const { code, out } = await office.run("reconcile", "--report", "--format", "csv");

    expect(code).toBe(1);
    const [, ...rows] = readCsv(out);
    expect(rows.map((cells) => cells.slice(2, 7))).toEqual([
      ["1201", "different", "customer.name", `'=HYPERLINK("https://example.com")`, 'A, "B" C'],
      ["1201", "different", "remarks", "'@SUM(A1)", "'-1+1"],
    ]);
    expect(rows.every((cells) => cells.length === 11)).toBe(true);
  });
});

describe("refuses, and says what to do", () => {
  it.each([
    ["a connection nobody knows", ["nobody"], 1, "known are fjord, bikes, echo"],
    ["a report of it", ["nobody", "--report"], 1, "known are fjord, bikes, echo"],
    ["a source without lists", ["echo"], 1, "echo: example-echo has no lists to ask for"],
    ["a day in other words", ["--since", "yesterday"], 2, "Write a date such as"],
    ["a day to come", ["--since", "2099-01-01"], 2, "--since is in the future"],
    ["a format nobody writes", ["--format", "pdf"], 2, "Allowed choices are text, csv, json"],
  ])("%s", async (_, args, code, words) => {
    const office = await imported({}, []);

    const result = await office.run("reconcile", ...args);

    expect(result.code).toBe(code);
    expect(result.err).toContain(words);
  });
});
