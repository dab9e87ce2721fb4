import { type App, type AppOptions, startApp, untilSettled } from "../harness/app.ts";
import type { Database } from "../../src/db/database.ts";
import { JobStore, NEVER } from "../../src/dispatch/job-store.ts";
import { EventStore } from "../../src/normalize/event-store.ts";
import { SubjectStore } from "../../src/normalize/subject-store.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import type { AnyEvent, EventOrigin } from "../../src/sdk/booking-event.ts";
import { command, type CommandResult } from "../cli/command.ts";

const DAY_MS = 86_400_000;

/** A day so far from today. `YYYY-MM-DD` */
export function daysFromNow(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

export const eur = (amountMinor: number) => ({ amountMinor, currency: "EUR" });

export function paid(...amounts: number[]): NonNullable<Booking["payments"]> {
  return amounts.map((amountMinor, index) => ({
    amount: eur(amountMinor),
    method: "card",
    paidAt: daysFromNow(-20 + index),
  }));
}

/** A walk for 180 euros, five days ago. */
export function walk(reference: string, parts: Partial<Booking> = {}): Booking {
  return {
    ...{ connection: "fjord", reference, version: 1, status: "confirmed", title: "Fjord walk" },
    start: { date: daysFromNow(-5), time: "09:00", timeZone: "Europe/Oslo" },
    customer: { id: reference, firstName: "Anna", lastName: "Berg" },
    items: [{ id: "1", name: "Fjord walk", productId: "walk", quantity: 2, price: eur(18_000) }],
    totals: { total: eur(18_000) },
    payments: [],
    madeAt: `${daysFromNow(-30)}T10:00:00Z`,
    ...parts,
  };
}

export const BOOKS = {
  mail: { mode: "live" },
  reconcile: { everyMinutes: 0, importDays: 0 },
  connections: {
    fjord: {
      source: "example-echo",
      tokens: ["books-token-0123456789abcdef"],
      since: "2020-01-01",
    },
  },
  integrations: { "books-fjord": { use: "ledger-file" } },
};

/** An office whose bookings go to a journal. */
export function startOffice(options: AppOptions = {}): Promise<App> {
  return startApp({ config: BOOKS, ...options });
}

interface Told {
  origin?: EventOrigin;
  /** Only stored: nobody works on it. */
  isIdle?: boolean;
}

let events = 0;

/** Bookings have come to be so: stored, told of and worked on, as what a source tells. */
export async function happen(
  app: Pick<App, "container" | "db">,
  bookings: readonly Booking[],
  { origin = "notified", isIdle = false }: Told = {},
): Promise<void> {
  const { container, db } = app;
  const subjects = container.resolve(SubjectStore);
  const [connection = ""] = bookings.map((booking) => booking.connection);
  const references = bookings.map(({ reference }) => reference);
  await db.transaction(async (trx) => {
    const stored = await subjects.load(trx, connection, references);
    const changes = bookings.map((booking) => {
      const before = stored.get(booking.reference);
      if (!before) throw new Error("not loaded");
      const { version, ordinal, ...known } = before.known;
      const next = { ...booking, version: version + 1 };
      const after = { ...known, version: version + 1, ordinal: ordinal + 1, booking: next };
      return { subject: booking.reference, kind: "booking" as const, stored: before, after };
    });
    await subjects.save(trx, connection, changes);
    const told = changes.map(({ after }) => eventOf(after.booking, after.ordinal, origin));
    const drafts = told.map((event) => ({ event, dedupeKey: event.id }));
    await container.resolve(EventStore).insert(trx, drafts);
    await container.resolve(JobStore).enqueue(trx, told);
  });
  if (isIdle) return;
  await settleNow(db);
  await untilSettled(app);
}

/** Nobody waits for what may come yet. */
export async function settleNow({ knex, dialect }: Database): Promise<void> {
  await knex("lanes")
    .where("due_at", "<", NEVER)
    .update({ due_at: knex.raw(dialect.nowMs), settling_since: 0 });
}

function eventOf(booking: Booking, ordinal: number, origin: EventOrigin): AnyEvent {
  events += 1;
  const { connection, reference: subject, version } = booking;
  return {
    ...{ id: `event-${events}-${subject}`, type: "booking.modified", subject, connection },
    ...{ time: new Date().toISOString(), version, ordinal, booking, changes: [], summary: "" },
    ...{ custom: {}, native: { event: "test", fields: {} }, origin, actor: "staff" },
    isQuiet: false,
  };
}

/** `bellhop books …`, without what tells how far it is. */
export async function books(app: Pick<App, "env">, ...args: string[]): Promise<CommandResult> {
  const result = await command(app, "books", ...args);
  return { ...result, err: result.err.replaceAll(/^\d+ of \d+ bookings, .*\n/gm, "") };
}

/** `bellhop books check`, and each booking that differs with its causes. */
export async function differing(
  app: Pick<App, "env">,
  ...args: string[]
): Promise<{ code: number; causes: Record<string, string[]>; totals: Json[]; whats: string[] }> {
  const { code, out, err } = await books(app, "check", "--format", "json", ...args);
  if (out === "") throw new Error(err);
  const { data, totals } = JSON.parse(out) as { data: Json[]; totals: Json[] };
  const some = data.filter(({ differs }) => differs);
  const differencesOf = (row: Json) => row.differences as { cause: string; what: string }[];
  return {
    code,
    totals,
    causes: Object.fromEntries(
      some.map((row) => [String(row["reference"]), differencesOf(row).map(({ cause }) => cause)]),
    ),
    whats: some.flatMap((row) => differencesOf(row).map(({ what }) => what)),
  };
}

export type Json = Readonly<Record<string, unknown>> & {
  differs?: boolean;
  differences?: unknown;
};
