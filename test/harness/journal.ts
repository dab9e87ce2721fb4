import { join } from "node:path";

import { expect, vi } from "vitest";

import { SubjectStore } from "../../src/normalize/subject-store.ts";
import type { Database } from "../../src/db/database.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import { parseMoney } from "../../src/sdk/money.ts";
import { hledger } from "../../integrations/ledger-file/testing/judges.ts";

/**
 * What hledger says that each booking owes: what was invoiced less what was paid, in minor units; what
 * was paid ahead is negative. Bookings that owe nothing are left out.
 */
export async function owedInJournal(folder: string): Promise<Map<string, number>> {
  const pivot = ["bal", "receivable", "prepayments", "--pivot", "booking"];
  const rows = await hledger(folder, [...pivot, "-N", "-O", "csv", "--layout", "bare"]);
  return new Map(
    rows
      .split("\n")
      .slice(1)
      .filter((row) => row !== "" && !row.startsWith('"total"'))
      .map((row): [string, number] => {
        const [booking = "", currency = "", amount = ""] = row
          .split(",")
          .map((cell) => cell.replaceAll('"', ""));
        return [booking, parseMoney(amount, currency).amountMinor];
      }),
  );
}

/** Numbers of all documents of the journal, as often as they are there. */
export async function numbersInJournal(folder: string): Promise<string[]> {
  return (await hledger(folder, ["codes"])).split("\n").filter(Boolean).toSorted();
}

/** Numbers of what the ledger of effects says was posted. */
export async function postedNumbers({ knex }: Database): Promise<string[]> {
  const rows: { external_id: string }[] = await knex("effects")
    .where({ state: "done" })
    .whereNotNull("external_id")
    .whereNotNull("period")
    .select("external_id");
  return rows.map(({ external_id }) => external_id).toSorted();
}

export async function bookingsOf(db: Database, connection: string): Promise<Booking[]> {
  const rows: { subject: string }[] = await db
    .knex("subjects")
    .where({ connection, kind: "booking" })
    .select("subject");
  const loaded = await new SubjectStore(db).load(
    db.knex,
    connection,
    rows.map(({ subject }) => subject),
  );
  return [...loaded.values()].flatMap(({ known }) => known.booking ?? []);
}

/**
 * Until all is posted. Calls that were looked at once, and wait for the source to say more, do not count.
 */
export async function untilPosted({ knex }: Database, seconds = 60): Promise<void> {
  await vi.waitFor(
    async () => {
      const calls: unknown[] = await knex("deliveries")
        .where({ state: "waiting", looks: 0 })
        .select("position", "reason");
      const jobs: unknown[] = await knex("jobs")
        .whereIn("state", ["ready", "leased"])
        .select("subject", "state", "reason");
      expect({ calls, jobs }).toEqual({ calls: [], jobs: [] });
    },
    { timeout: seconds * 1_000, interval: 200 },
  );
}

const SOLD = ["confirmed", "checked_in", "checked_out", "no_show"];

/**
 * What a booking owes by its own account, where a cancelled one costs nothing. Minor units.
 *
 * @param isInvoiced Whether what is sold has been invoiced by now.
 */
export function owedBy(booking: Booking, isInvoiced: boolean): number {
  const { status, totals, payments, agent, balanceOwedBy } = booking;
  const paid = payments
    ? payments.reduce((sum, { amount }) => sum + amount.amountMinor, 0)
    : (totals?.paid?.amountMinor ?? 0);
  const isAgents = agent !== undefined && balanceOwedBy !== "customer";
  const kept = isAgents ? (totals?.commission?.amountMinor ?? 0) : 0;
  const price = (totals?.total?.amountMinor ?? 0) - kept;
  return (SOLD.includes(status) && isInvoiced ? price : 0) - paid;
}

export function booksFolder(dataFolder: string): string {
  return join(dataFolder, "books");
}
