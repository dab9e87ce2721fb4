import { createHash } from "node:crypto";

import type { Database } from "../db/database.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { SubjectStore } from "../normalize/subject-store.ts";
import type { Occurrence, OccurrenceStore } from "./occurrence-store.ts";
import { ending } from "./plan.ts";
import type { TimerPlanner } from "./timer-planner.ts";
import type { Timetable } from "./timetable.ts";

const FACT = "timers";
const BATCH = 200;
const DAY_MS = 24 * 60 * 60_000;
/** A stay that began before is over, whatever comes after it has come. */
const LOOK_BACK_DAYS = 60;

export interface ReplanParts {
  db: Database;
  facts: FactStore;
  subjects: SubjectStore;
  occurrences: OccurrenceStore;
  planner: TimerPlanner;
  timetable: Timetable;
  connections: readonly string[];
}

/** What the timers were when all bookings were last planned: a hash by name. */
type KnownTimers = Readonly<Record<string, string>>;

/**
 * Plans the bookings that are known already when the configuration has other timers than before, and
 * withdraws what timers have left behind that are gone.
 *
 * @param goesOn False once this process is to stop; the next one begins again, and finds less to do.
 * @returns how many bookings were looked at.
 */
export async function replan(parts: ReplanParts, goesOn: () => boolean): Promise<number> {
  const { db, facts, occurrences } = parts;
  const stored = await facts.get(FACT);
  const before = JSON.parse(stored ?? "{}") as KnownTimers;
  const wanted = hashesOf(parts);
  if (JSON.stringify(before) === JSON.stringify(wanted)) return 0;
  for (const name of Object.keys(before).filter((known) => !(known in wanted))) {
    await withdrawAll(db, occurrences, name, goesOn);
  }
  const isNew = Object.entries(wanted).some(([name, hash]) => before[name] !== hash);
  const looked = isNew ? await planAll(parts, goesOn) : 0;
  if (goesOn()) await facts.put(db.knex, FACT, JSON.stringify(wanted));
  return looked;
}

function hashesOf({ timetable, planner, connections }: ReplanParts): KnownTimers {
  const hashes = [...timetable.timers.values()].map((timer) => {
    // Whose clock counts for a connection is part of what a timer is.
    const meant = connections.filter((id) => planner.timersOf(id).includes(timer));
    const text = JSON.stringify({ ...timer, connections: meant }, replacer);
    return [timer.name, createHash("sha256").update(text).digest("base64url").slice(0, 22)];
  });
  return Object.fromEntries(hashes) as KnownTimers;
}

function replacer(_: string, value: unknown): unknown {
  return value instanceof Set ? [...(value as Set<unknown>)] : value;
}

async function withdrawAll(
  db: Database,
  occurrences: OccurrenceStore,
  name: string,
  goesOn: () => boolean,
): Promise<void> {
  const now = await db.now();
  const reason = "the timer is no longer in the configuration";
  let after = now - DAY_MS;
  while (goesOn()) {
    const rows: Occurrence[] = await occurrences.coming(name, after, BATCH);
    await db.transaction((trx) =>
      occurrences.change(
        trx,
        rows.map((row) => ({ ...ending(row, "withdrawn"), reason })),
      ),
    );
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    // Many may share the moment of the last: those withdrawn are not found again.
    after = last.dueAt - 1;
  }
}

interface Place {
  id: number;
  kind: string;
  connection: string;
  subject: string;
  starts_on: string | null;
}

async function planAll(parts: ReplanParts, goesOn: () => boolean): Promise<number> {
  const { db } = parts;
  const horizon = new Date((await db.now()) - LOOK_BACK_DAYS * DAY_MS).toISOString().slice(0, 10);
  let [after, looked] = [0, 0];
  while (goesOn()) {
    const places: Place[] = await db
      .knex("subjects")
      .where("id", ">", after)
      .orderBy("id")
      .limit(BATCH)
      .select("id", "kind", "connection", "subject", "starts_on");
    const bookings = places.filter(
      ({ kind, starts_on: startsOn }) => kind === "booking" && (startsOn ?? "9999") >= horizon,
    );
    for (const connection of new Set(bookings.map((one) => one.connection))) {
      const subjects = bookings.filter((one) => one.connection === connection);
      await planSome(
        parts,
        connection,
        subjects.map(({ subject }) => subject),
      );
    }
    looked += bookings.length;
    const last = places.at(-1);
    if (!last || places.length < BATCH) return looked;
    after = last.id;
  }
  return looked;
}

async function planSome(
  { db, subjects: store, planner }: ReplanParts,
  connection: string,
  subjects: readonly string[],
): Promise<void> {
  if (planner.timersOf(connection).length === 0) return;
  const now = await db.now();
  await db.transaction(async (trx) => {
    const stored = [...(await store.load(trx, connection, subjects)).values()];
    await store.hold(trx, stored);
    const bookings = stored.flatMap(({ known: { booking } }) => (booking ? [booking] : []));
    await planner.replan(trx, connection, bookings, now);
  });
}
