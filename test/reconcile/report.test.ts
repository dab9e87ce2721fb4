import { afterEach, describe, expect, it } from "vitest";

import { writeReport } from "../../src/cli/reconcile-report.ts";
import { DailyReport } from "../../src/queries/daily-report.ts";
import { readListQuery } from "../../src/queries/filters.ts";
import { readPage } from "../../src/queries/list.ts";
import { openDifferences, reconciliationList } from "../../src/queries/reconciliations.ts";
import type { Database } from "../../src/db/database.ts";
import { ComparedDays } from "../../src/reconcile/compared-days.ts";
import { DifferenceStore } from "../../src/reconcile/difference-store.ts";
import type { Found } from "../../src/reconcile/difference.ts";
import type { Mail, MailMessage } from "../../src/sdk/context.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { callApi, startApp } from "../harness/app.ts";
import { onEachStore } from "../harness/stores.ts";
import { fullScans, statementsOf } from "../api/query-plans.ts";

const MONDAY = Date.UTC(2026, 2, 2, 9);
const TUESDAY = MONDAY + 86_400_000;
const eur = (amountMinor: number) => ({ amountMinor, currency: "EUR" });

const PRICE: Found = {
  subject: "1188",
  kind: "different",
  shown: "a",
  changes: [{ path: "totals.total", before: eur(100_00), after: eur(120_00) }],
};
const MISSING: Found = { subject: "1201", kind: "missing", shown: "b", changes: [] };
const FORMULA: Found = {
  subject: "1202",
  kind: "different",
  shown: "c",
  changes: [{ path: "customer.firstName", before: "=1+1", after: "\u001b[31mAda" }],
};

/** Monday: two differences, of which one is repaired. Tuesday: all agree. */
async function fill(db: Database): Promise<void> {
  const [days, differences] = [new ComparedDays(db), new DifferenceStore(db)];
  await days.note("bikes", { there: 3, here: 2 }, MONDAY);
  await days.note("bikes", { there: 1, here: 1 }, MONDAY + 60_000);
  await days.note("boats", { there: 0, here: 0 }, MONDAY);
  await days.note("bikes", { there: 4, here: 4 }, TUESDAY);
  await db.transaction(async (trx) => {
    const found = [PRICE, MISSING].map((one, index) => ({ ...one, delivery: index + 1 }));
    await differences.note(trx, "bikes", found, MONDAY);
  });
  await differences.end([{ delivery: 1, state: "repaired", cause: "unannounced" }], MONDAY + 1);
}

function shellOf() {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  return {
    written,
    environment: () => ({}) as never,
    write,
    writeError: write,
    isTerminal: false,
    columns: 120,
    confirm: () => Promise.resolve(false),
  };
}

async function reportOf(db: Database, format: "text" | "csv" | "json", since = "2026-03-01") {
  const shell = shellOf();
  await writeReport(shell, db, { connections: [undefined], since, format });
  return shell.written.join("");
}

onEachStore((store) => {
  it("each connection and day says what was compared, found and repaired", async () => {
    const db = await store.open();
    await fill(db);
    const { filters, page } = readListQuery(reconciliationList.filters, { connection: "bikes" });

    const { rows } = await readPage(db, reconciliationList, filters, page);

    expect(rows).toMatchObject([
      { day: "2026-03-03", there: 4, here: 4, repaired: 0, remaining: 0, differences: [] },
      {
        day: "2026-03-02",
        checks: 2,
        there: 3,
        here: 2,
        kinds: { missing: 1, different: 1, extra: 0 },
        causes: { unannounced: 1, lost: 0, failed: 0 },
        repaired: 1,
        remaining: 1,
        differences: [{ subject: "1188" }, { subject: "1201" }],
      },
    ]);
    expect([await openDifferences(db, "bikes"), await openDifferences(db, "bike")]).toEqual([1, 0]);
  });

  it.each([{}, { connection: "bikes" }, { day: "2026-03-02" }, { since: "2026-03-02" }])(
    "the list with %j reads no whole table that grows with differences",
    async (query) => {
      const db = await store.open();
      await fill(db);
      const { filters, page } = readListQuery(reconciliationList.filters, query);

      const statements = await statementsOf(db, () =>
        readPage(db, reconciliationList, filters, page),
      );

      const scans: string[] = [];
      for (const statement of statements) scans.push(...(await fullScans(db, statement)));
      expect(scans).toEqual([]);
    },
  );

  it("the report is text for people, with the bookings that differ", async () => {
    const db = await store.open();
    await fill(db);

    const text = await reportOf(db, "text");

    expect(text).toContain("bikes, 2026-03-03: 4 bookings at the source, 4 known: no differences");
    expect(text).toContain(
      "3 bookings at the source, 2 known: 1 missing, 1 different; 1 repaired, 1 remain (1 never announced)",
    );
    expect(text).toMatch(/1188 +different +totals\.total 100\.00 EUR here, 120\.00 EUR there/);
    expect(await reportOf(db, "text", "2026-04-01")).toBe(
      "Nothing was compared since 2026-04-01.\n",
    );
  });

  it("the report for spreadsheets has a line for each field, and no formula of a guest's", async () => {
    const db = await store.open();
    await fill(db);
    await db.transaction((trx) =>
      new DifferenceStore(db).note(trx, "bikes", [{ ...FORMULA, delivery: null }], MONDAY),
    );

    const lines = (await reportOf(db, "csv")).split("\n");

    expect(lines[0]).toBe(
      "connection,day,booking,kind,field,here,there,cause,state,found_at,closed_at",
    );
    expect(lines[1]).toMatch(
      /^bikes,2026-03-02,1188,different,totals\.total,100\.00 EUR,120\.00 EUR,unannounced,repaired,/,
    );
    expect(lines[3]).toContain(",'=1+1,");
    expect(lines[3]).not.toContain("\u001b");
  });

  it("the report for programs is what the API answers, as one list", async () => {
    const db = await store.open();
    await fill(db);

    const report = JSON.parse(await reportOf(db, "json")) as object[];

    expect(report).toHaveLength(3);
    expect(report.at(-1)).toMatchObject({
      differences: [
        {
          fields: [
            { path: "totals.total", here: { amount: "100.00" }, there: { amount: "120.00" } },
          ],
        },
        { subject: "1201", state: "open" },
      ],
    });
  });

  it("the office gets one mail about a day that is over, with a line for each connection", async () => {
    const db = await store.open();
    await fill(db);
    const sent: { message: Omit<MailMessage, "to" | "cc">; key: string }[] = [];
    const office = {
      sendToOffice(message: Omit<MailMessage, "to" | "cc">, key: string) {
        sent.push({ message, key });
        return Promise.resolve({});
      },
    } as unknown as Mail;
    const report = new DailyReport({
      db,
      office: () => office,
      isSimulated: () => false,
      clock: { now: () => TUESDAY + 3_600_000 },
      log: memoryLog(),
    });

    await report.round();
    await report.round();

    expect(sent.map(({ key }) => key)).toEqual(["reconciliations-2026-03-02"]);
    expect(sent[0]?.message.subject).toBe("Bookings compared on 2026-03-02: 1 still differ");
    expect(sent[0]?.message.text.split("\n")).toEqual([
      expect.stringMatching(/^boats: 0 bookings at the source, 0 known: no differences$/),
      expect.stringMatching(/^bikes: 3 bookings at the source, 2 known: 1 missing/),
      "    1201 missing: remains",
      "",
      'What was found and done, in full: "bellhop reconcile --report".',
      "",
    ]);
  });
});

describe("GET /api/v1/reconciliations", () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  it("answers what the description says", async () => {
    const app = await startApp();
    stops.push(() => app.stop());
    await fill(app.db);

    const { status, body } = await callApi(app, "/reconciliations?connection=bikes&limit=1");

    expect(status).toBe(200);
    expect(body).toMatchObject({ data: [{ connection: "bikes", day: "2026-03-03", missing: 0 }] });
    const { body: refused } = await callApi(app, "/reconciliations?day=monday");
    expect(refused).toMatchObject({ errors: [{ field: "day" }] });
  });
});
