import { afterEach, describe, expect, it, vi } from "vitest";

import { ComparisonStore } from "../../src/reconcile/comparison-store.ts";
import { daysAfter } from "../../src/reconcile/days.ts";
import type { SimulatedTruth } from "../../src/sdk/simulator.ts";
import { untilSettled } from "../harness/app.ts";
import { startProcess } from "../harness/bellhop-process.ts";
import { knownBookings, truthsOf } from "../harness/known-bookings.ts";
import { outboxMails } from "../harness/mails.ts";
import { command } from "./command.ts";
import {
  callsTo,
  type Office,
  openOffice,
  SOURCE_NAMES,
  type SourceName,
  startCommand,
} from "./office.ts";

const closes: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).reverse()) await close();
});

async function open(bookings = 30): Promise<Office> {
  const office = await openOffice({ bookings });
  closes.push(() => office.close());
  return office;
}

function dayAt(days: number): string {
  return daysAfter(new Date().toISOString().slice(0, 10), days);
}

/** Those at the source whose stays begin on these days. */
function truthsFrom({ systems }: Office, name: SourceName, from = "", to = "9999") {
  const truths = [...truthsOf(systems[name])];
  return new Map<string, Partial<SimulatedTruth>>(
    truths.filter(([, { startsOn }]) => startsOn >= from && startsOn <= to),
  );
}

async function countOf({ db }: Office, table: string): Promise<number> {
  const rows = await db.knex(table).count("* as count");
  return Number(rows[0]?.["count"]);
}

/** What was told of a booking more than once. */
async function eventsTwice({ db }: Office): Promise<unknown[]> {
  return db
    .knex("events")
    .groupBy("subject", "type")
    .havingRaw("COUNT(*) > 1")
    .select("subject", "type");
}

/** Bookings of which something was told; of one that is checked out already it is two things. */
async function toldCount({ db }: Office): Promise<number> {
  const told: unknown[] = await db.knex("events").distinct("connection", "subject");
  return told.length;
}

async function knownCount({ db }: Office): Promise<number> {
  const rows = await db.knex("subjects").count("* as count");
  return Number(rows[0]?.["count"]);
}

describe.each(SOURCE_NAMES)("import of %s", (name) => {
  it("brings present and coming bookings as they are, past ones only when asked", async () => {
    const office = await open();
    while (truthsFrom(office, name, "", dayAt(-15)).size === 0) office.systems[name].populate?.(10);
    const { size } = truthsFrom(office, name);

    const usual = await office.run("import", name);
    const coming = await knownBookings(office.db, name);
    const whole = await office.run("import", name, "--from", dayAt(-100));
    const all = await knownBookings(office.db, name);

    const words = `${name}: ${coming.size} bookings at the source up to \\S+, ${coming.size} of them new here.\n`;
    expect(usual).toMatchObject({ code: 0, err: "" });
    expect(usual.out).toMatch(new RegExp(`^${words}$`));
    expect(new Map([...coming, ...truthsFrom(office, name, dayAt(1))])).toEqual(coming);
    const over = [...truthsFrom(office, name, "", dayAt(-15)).keys()];
    expect(over.filter((reference) => coming.has(reference))).toEqual([]);
    expect(whole).toMatchObject({ code: 0, err: "" });
    expect(whole.out).toContain(`: ${size} bookings at the source from ${dayAt(-100)} to `);
    expect(whole.out).toContain(`, ${size - coming.size} of them new here.\n`);
    expect(all).toEqual(truthsFrom(office, name));
  });

  it("brings only stays that begin on the days asked for", async () => {
    const office = await open(20);

    const { code } = await office.run("import", name, "--from", dayAt(100), "--to", dayAt(300));

    expect(code).toBe(0);
    const expected = truthsFrom(office, name, dayAt(100), dayAt(300));
    expect(expected.size).toBeGreaterThan(0);
    expect(await knownBookings(office.db, name)).toEqual(expected);
  });

  it("is harmless to run again: nothing is looked up or told a second time", async () => {
    const office = await open(20);
    await office.run("import", name);
    const looks = callsTo(office.systems[name], "show");
    const events = await countOf(office, "events");

    const again = await office.run("import", name);

    expect(again).toMatchObject({ code: 0, err: "" });
    expect(again.out).toContain(", 0 of them new here.\n");
    expect(callsTo(office.systems[name], "show")).toBe(looks);
    expect(await countOf(office, "events")).toBe(events);
  });

  it("stopped by Ctrl-C says how to go on, and goes on where it was", async () => {
    const office = await open(90);
    const first = startCommand(office, "import", name, "--from", dayAt(-100));
    await vi.waitFor(async () => expect(await knownCount(office)).toBeGreaterThan(20), 20_000);
    first.interrupt();
    const stopped = await first.ended;
    const known = await knownCount(office);

    const again = await office.run("import", name, "--from", dayAt(-100));

    expect(stopped).toMatchObject({ code: 1, out: "" });
    expect(stopped.err).toBe(
      "bellhop: stopped. The same command goes on where this one was; " +
        "a running Bellhop does so by itself\n",
    );
    expect(known).toBeLessThan(90);
    expect(again.code).toBe(0);
    expect(again.out).toContain(": 90 bookings at the source");
    expect(await knownBookings(office.db, name)).toEqual(truthsFrom(office, name));
    // At most what was being looked up when it was stopped is looked up once more.
    expect(callsTo(office.systems[name], "show")).toBeLessThanOrEqual(100);
    expect(await countOf(office, "comparisons")).toBe(1);
    expect(await eventsTwice(office)).toEqual([]);
  });
});

describe("beside a running Bellhop", () => {
  async function withBellhop(): Promise<Office> {
    const office = await open();
    const bellhop = await startProcess(office.folder, { ...office.env, LOG_LEVEL: "error" });
    closes.push(() => bellhop.stop());
    return office;
  }

  async function owners({ db }: Office): Promise<unknown> {
    return db.knex("owners").where("name", "like", "normalize:%").orderBy("name").select("token");
  }

  it("that one does it; no guest gets a mail, and nothing is done outside", async () => {
    const office = await withBellhop();
    const before = await owners(office);

    const imports = SOURCE_NAMES.map((name) => startCommand(office, "import", name).ended);
    const results = await Promise.all(imports);
    await untilSettled(office);
    const person = { saysYes: true };
    const watched = await command({ env: office.env, person }, "import", "fjord");

    expect(watched.err).toMatch(/\[[#-]{24}\] \d+ of \d+ days/);
    for (const { code, out, err } of results) {
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toMatch(/^\w+: (\d+) bookings at the source up to \S+, \1 of them new here.\n$/);
    }
    expect(await owners(office)).toEqual(before);
    expect(await eventsTwice(office)).toEqual([]);
    expect(await toldCount(office)).toBe(await knownCount(office));
    expect(await countOf(office, "effects")).toBe(0);
    expect(await outboxMails(office.folder)).toEqual([]);
  });
});

it("a person at a terminal sees how far it is, on stderr, and the terminal is left tidy", async () => {
  const { env } = await open(20);

  const { code, out, err } = await command(
    { env, person: { saysYes: true } },
    ...["import", "fjord"],
  );

  expect(code).toBe(0);
  expect(err).toMatch(/\[[#-]{24}\] \d+ of \d+ days, \d+ bookings/);
  expect(err.endsWith("\r\u001b[K")).toBe(true);
  expect(out).toMatch(/^fjord: \d+ bookings at the source/);
});

it("an import that waits for an earlier one says so, and both are done", async () => {
  const office = await open(10);
  const earlier = { days: { from: dayAt(10), to: dayAt(150) } };
  await new ComparisonStore(office.db).ask("bikes", "import", earlier);

  const { code, out, err } = await office.run("import", "bikes");

  expect(code).toBe(0);
  expect(err).toBe(
    "bikes: one that was asked for before comes first: " +
      `import from ${dayAt(10)} to ${dayAt(150)}\n`,
  );
  expect(out).toMatch(/^bikes: \d+ bookings at the source up to /);
  expect(await new ComparisonStore(office.db).open("bikes")).toEqual([]);
});

describe("refuses, and says what to do", () => {
  it.each([
    ["a connection nobody knows", ["nobody"], 1, "known are fjord, bikes, echo"],
    ["a source without lists", ["echo"], 1, "echo: example-echo has no lists to ask for"],
    ["no connection at all", [], 2, "missing required argument 'connection'"],
    ["a day that is none", ["fjord", "--from", "2026-02-30"], 2, "Write a date such as"],
    ["a day in other words", ["fjord", "--to", "tomorrow"], 2, "Write a date such as"],
    [
      "days in the wrong order",
      ["fjord", "--from", dayAt(9), "--to", dayAt(2)],
      2,
      "before --from",
    ],
    ["only days gone by", ["fjord", "--to", dayAt(-9)], 1, "give --from as well"],
  ])("%s", async (_, args, code, words) => {
    const office = await open(1);

    const result = await office.run("import", ...args);

    expect(result).toMatchObject({ code, out: "" });
    expect(result.err).toContain(words);
  });

  it("a connection without an API key", async () => {
    const office = await open(1);
    office.configure({ fjord: { channels: { "51234": {} } }, bikes: { apiKey: undefined } });

    for (const name of SOURCE_NAMES) {
      const { code, err } = await office.run("import", name);
      expect(code).toBe(1);
      expect(err).toContain(`${name}: its lists need a key of the booking system's API`);
      expect(err).toContain(`"bellhop check ${name}"`);
    }
  });

  it.each([
    ["fjord", /^bellhop: fjord: .*\(FAIL_SIG\): check settings\.channels\.51234\.apiKey.*\n$/],
    ["bikes", /^bellhop: bikes: .*Invalid API key; check apiKey.*\n$/],
  ])("a key that %s does not take, in one line", async (name, line) => {
    const office = await open(1);
    office.configure({
      fjord: { channels: { "51234": { apiKey: "wrong-key" } } },
      bikes: { apiKey: "wrong-key-0123456789" },
    });

    const { code, out, err } = await startCommand(office, "import", name).ended;

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(line);
  });
});
