import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, it } from "vitest";

import type { Booking } from "../../src/sdk/booking.ts";
import { BooksCheck } from "../../src/books/books-check.ts";
import { booksInstances } from "../../src/books/books-instances.ts";
import { BooksTotals } from "../../src/books/totals.ts";
import { HandlerTable } from "../../src/dispatch/handler-table.ts";
import type { Database } from "../../src/db/database.ts";
import { describeApi } from "../../src/api/openapi/document.ts";
import { AnswerCheck } from "../api/answer-schemas.ts";
import { fullScans, statementsOf } from "../api/query-plans.ts";
import { type App, callApi } from "../harness/app.ts";
import { onOneStore } from "../harness/stores.ts";
import { daysFromNow, differing, eur, happen, paid, startOffice, walk } from "./office.ts";

/** The same numbers at each run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * sides);
  };
}

/** What an office does in a day: bookings made, paid in parts, made dearer, cancelled. */
function busyDay(roll: (sides: number) => number, round: number, known: Map<string, Booking>) {
  for (let n = 0; n < 25; n += 1) {
    const reference = String(1200 + roll(60));
    const price = 10_000 + roll(200) * 50;
    const before = known.get(reference);
    const day = before?.start?.date ?? daysFromNow(roll(60) - 30);
    const payments = [...(before?.payments ?? [])];
    const held = payments.reduce((sum, one) => sum + one.amount.amountMinor, 0);
    const owed = price - held;
    if (owed > 0 && roll(3) > 0)
      payments.push(
        ...paid(1 + roll(owed)).map((one) => ({ ...one, reference: `r${round}n${n}` })),
      );
    known.set(
      reference,
      walk(reference, {
        status: roll(6) === 0 ? "cancelled" : "confirmed",
        start: { date: day, time: "09:00", timeZone: "Europe/Oslo" },
        items: [{ id: "1", name: "Fjord walk", price: eur(price) }],
        totals: { total: eur(price) },
        payments,
      }),
    );
  }
}

/** What the journal itself says of receivables and money, summed from its lines. */
function journalSums({ settings }: App) {
  const folder = join(settings.dataFolder, "books");
  const text = readdirSync(folder)
    .filter((name) => /^\d{4}-\d\d/.test(name))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n\n");
  const sum = (account: string) =>
    [...text.matchAll(new RegExp(`^ +${account} +EUR (-?[\\d.]+)`, "gm"))].reduce(
      (total, [, amount]) => total + Math.round(Number(amount) * 100),
      0,
    );
  return {
    posted: -sum("income:revenue"),
    received: sum("assets:clearing"),
    open: sum("assets:receivable"),
    held: -sum("liabilities:prepayments"),
  };
}

type Total = Readonly<Record<string, { minor: number }>> & { bookings: unknown };

function sumOf(totals: readonly unknown[], figure: string): number {
  return (totals as Total[]).reduce((sum, one) => sum + (one[figure]?.minor ?? 0), 0);
}

async function pagesOf(app: App, path: string): Promise<unknown[]> {
  const all: unknown[] = [];
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? "" : `&cursor=${cursor}`;
    const { status, body } = await callApi(app, `${path}${next}`);
    expect(status).toBe(200);
    const page = body as { data: unknown[]; next: string | null };
    all.push(...page.data);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

const INTO_SUBJECTS = [
  "connection",
  "subject",
  "kind",
  "version",
  "ordinal",
  "status",
  "starts_on",
  "state",
  "recent",
  "updated_at",
];

/** Bookings that are known and that nobody was told of. */
async function addUntold(db: Database, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, n) => {
    const booking = walk(String(100_000 + n), {
      start: { date: daysFromNow((n % 200) - 40), timeZone: "UTC" },
    });
    const { connection, reference: subject, status, start } = booking;
    const values = [
      connection,
      subject,
      "booking",
      1,
      1,
      status,
      start?.date,
      Buffer.from(JSON.stringify(booking)),
      Buffer.from("[]"),
      1,
    ];
    return Object.fromEntries(INTO_SUBJECTS.map((name, index) => [name, values[index]]));
  });
  await db.knex.batchInsert("subjects", rows, 90);
}

onOneStore((store) => {
  let app: App | undefined;
  afterEach(() => app?.stop());

  it("after a busy day the totals are those of the bookings, of the journal and of the API", async () => {
    app = await startOffice({ location: await store.newLocation() });
    const [roll, known] = [dice(7), new Map<string, Booking>()];
    for (let round = 0; round < 3; round += 1) {
      busyDay(roll, round, known);
      await happen(app, [...known.values()]);
    }
    const bookings = [...known.values()];

    const { code, causes, totals } = await differing(app);

    expect({ code, causes }).toEqual({ code: 0, causes: {} });
    const sold = bookings.filter(({ status }) => status === "confirmed");
    const sums = (some: readonly Booking[], of: (booking: Booking) => number) =>
      some.reduce((sum, one) => sum + of(one), 0);
    const paidOf = ({ payments = [] }: Booking) =>
      payments.reduce((sum, one) => sum + one.amount.amountMinor, 0);
    expect(sumOf(totals, "booked")).toBe(
      sums(sold, ({ totals: all }) => all?.total?.amountMinor ?? 0),
    );
    expect(sumOf(totals, "paid")).toBe(sums(bookings, paidOf));
    const journal = journalSums(app);
    expect(sumOf(totals, "posted")).toBe(journal.posted);
    expect(sumOf(totals, "received")).toBe(journal.received);
    expect(sumOf(totals, "open") - sumOf(totals, "held")).toBe(journal.open - journal.held);
    expect(sumOf(totals, "unposted")).toBe(0);
    expect(sumOf(totals, "booked")).toBe(sumOf(totals, "posted") + sumOf(totals, "notDue"));
    const check = new AnswerCheck(describeApi());
    const rows = await pagesOf(app, "/books?limit=7");
    const shown = await pagesOf(app, "/books/totals?instance=books-fjord");
    expect(rows).toHaveLength(known.size);
    const described = { type: "array", items: { $ref: "#/components/schemas/BooksRow" } };
    expect(check.faultsOf(described, rows)).toEqual([]);
    expect(sumOf(shown, "posted")).toBe(journal.posted);
    expect(sumOf(shown, "paid")).toBe(sumOf(totals, "paid"));
  });

  it("the API gives the bookings of a month, and those that differ, page by page", async () => {
    app = await startOffice({ location: await store.newLocation(), roles: "console" });
    const month = daysFromNow(-5).slice(0, 7);
    await happen(
      app,
      [walk("1201"), walk("1202", { start: { date: daysFromNow(70), timeZone: "UTC" } })],
      {
        isIdle: true,
      },
    );

    const ofMonth = await pagesOf(app, `/books?month=${month}`);
    const differ = await pagesOf(app, "/books?differs=true&limit=1");
    const agree = await pagesOf(app, "/books?differs=false&connection=fjord");
    const wrong = await callApi(app, "/books?instance=book");

    expect(ofMonth).toMatchObject([{ reference: "1201" }]);
    expect(differ).toMatchObject([
      {
        reference: "1201",
        differs: true,
        differences: [{ cause: "waiting", documents: ["invoice:1"] }],
      },
    ]);
    expect(agree).toMatchObject([{ reference: "1202", differs: false, remarks: ["not_due"] }]);
    expect(wrong).toMatchObject({
      status: 400,
      body: { detail: "instance: write one of books-fjord" },
    });
  });

  it("queries grow with batches of bookings and no faster, none without an index", async () => {
    app = await startOffice({ location: await store.newLocation(), roles: "console" });
    const { db, container } = app;
    const [instance] = booksInstances(container.resolve(HandlerTable));
    if (!instance) throw new Error("no books");
    const books = container.resolve(BooksCheck);
    const look = async () => {
      const totals = new BooksTotals();
      let [most, batches] = [0, 0];
      const options = { isOffline: true, signal: new AbortController().signal };
      const time = { connections: undefined, since: daysFromNow(-90) };
      const statements = await statementsOf(db, async () => {
        for await (const rows of books.rows(instance, time, options)) {
          batches += 1;
          most = Math.max(most, rows.length);
          for (const row of rows) totals.add(row);
        }
      });
      return { totals, most, batches, statements };
    };
    const [few, many] = store.name === "sqlite" ? [2_000, 20_000] : [400, 2_000];

    await addUntold(db, few);
    const first = await look();
    await db.knex("subjects").delete();
    await addUntold(db, many);
    const second = await look();

    expect(second.totals.bookings).toBe(many);
    const untold = first.totals.causes.get("never_told") ?? 0;
    expect(untold).toBeGreaterThan(0);
    expect(second.totals.causes.get("never_told")).toBe((untold * many) / few);
    expect(second.most).toBeLessThanOrEqual(500);
    expect(second.statements.length).toBeLessThanOrEqual((first.statements.length * many) / few);
    expect(second.statements.length).toBeLessThan(10 * second.batches + 20);
    const scans = await Promise.all(first.statements.map((one) => fullScans(db, one)));
    expect(scans.flat()).toEqual([]);
  });
});
