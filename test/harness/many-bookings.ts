import type { Database } from "../../src/db/database.ts";

export interface ManyBookings {
  /** Number of the one before the first; a booking's number is its reference. */
  after: number;
  count: number;
  /** Names of timers that each of them has planned. */
  timers: readonly string[];
  /** When the timers of the first one go off, UTC milliseconds. */
  dueAt: number;
  /** How much later those of the next one do. */
  apartMs: number;
}

const BEFORE_MS = 48 * 60 * 60_000;
const START = '"start":{"date":"2031-05-01","time":"10:00","timeZone":"Europe/Oslo"}';

/** Bookings of the connection `bikes` as Bellhop knows them, with their timers, many in no time. */
export async function addBookings(db: Database, wanted: ManyBookings): Promise<void> {
  const { after, count, timers, dueAt, apartMs } = wanted;
  const isSqlite = db.dialect.name === "sqlite";
  const numbers = isSqlite
    ? `WITH RECURSIVE numbers (seq) AS
         (SELECT 1 UNION ALL SELECT seq + 1 FROM numbers WHERE seq < ${count})`
    : "";
  const from = isSqlite ? "numbers" : `seq_1_to_${count}`;
  const joined = (...parts: string[]) =>
    isSqlite ? parts.join(" || ") : `CONCAT(${parts.join(", ")})`;
  const reference = joined("''", `(seq + ${after})`);
  const state = joined(
    `'{"connection":"bikes","version":1,"status":"confirmed",${START},"reference":"'`,
    `(seq + ${after})`,
    `'"}'`,
  );
  await db.knex.raw(
    `INSERT INTO subjects (connection, subject, kind, version, ordinal, payload_position, status,
       starts_on, state, recent, updated_at)
     ${numbers}
     SELECT 'bikes', ${reference}, 'booking', 1, 1, 1, 'confirmed', '2031-05-01',
       ${isSqlite ? `CAST(${state} AS BLOB)` : state}, ${isSqlite ? "CAST('[]' AS BLOB)" : "'[]'"}, 1
     FROM ${from}`,
  );
  for (const timer of timers) {
    const due = `${dueAt} + (seq - 1) * ${apartMs}`;
    await db.knex.raw(
      `INSERT INTO occurrences (schedule, connection, subject, slot, state, due_at, reference_at,
         updated_at)
       ${numbers}
       SELECT '${timer}', 'bikes', ${reference}, '1', 'planned', ${due}, ${due} + ${BEFORE_MS}, 1
       FROM ${from}`,
    );
  }
}
