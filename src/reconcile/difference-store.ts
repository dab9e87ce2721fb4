import type { Knex } from "knex";

import { insertMany, updateMany } from "../db/bulk.ts";
import type { Database } from "../db/database.ts";
import { lookedAt } from "../inbox/heard.ts";
import type { Change } from "../sdk/booking-event.ts";
import {
  type Cause,
  dayOf,
  type Difference,
  type DifferenceKind,
  type DifferenceState,
  type Found,
} from "./difference.ts";

export interface DifferenceRow {
  position: number;
  connection: string;
  subject: string;
  day: string;
  kind: DifferenceKind;
  state: DifferenceState;
  cause: Cause | null;
  delivery: number | null;
  found_at: number;
  tried_at: number;
  closed_at: number | null;
  fields: Buffer;
}

/** What could not be repaired, or not be seen at a look, is not tried anew at every round. */
export const TRY_AGAIN_MS = 20 * 60 * 60_000;

/** How a difference ended, or why it has not. */
export interface Ending {
  delivery: number;
  state: DifferenceState;
  cause?: Cause;
  /** What the look showed, where it showed more than the list. */
  changes?: readonly Change[];
}

/** What differed between the source and what is known here. */
export class DifferenceStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Notes differences, each once however often it is found while it is open.
   *
   * @param delivery Position of the delivery that is to repair it; none in a dry run.
   */
  async note(
    trx: Knex.Transaction,
    connection: string,
    found: readonly (Found & { delivery: number | null })[],
    now: number,
  ): Promise<void> {
    const open = await this.open(
      connection,
      found.map(({ subject }) => subject),
      trx,
    );
    const fresh = found.filter(({ subject }) => !open.has(subject));
    const rows = fresh.map((one) => ({
      connection,
      subject: one.subject,
      day: dayOf(now),
      state: "open",
      open_key: openKey(connection, one.subject),
      found_at: now,
      ...columnsOf(one, now),
    }));
    await insertMany(trx, "differences", rows);
    const again = found.flatMap((one) => {
      const known = open.get(one.subject);
      return known ? [{ key: known.position, values: columnsOf(one, now) }] : [];
    });
    await updateMany(trx, "differences", "position", again);
  }

  /** Open differences of some subjects, by subject. */
  async open(
    connection: string,
    subjects: readonly string[],
    db: Knex = this.#db.knex,
  ): Promise<Map<string, Difference>> {
    const keys = subjects.map((subject) => openKey(connection, subject));
    const rows = (await db("differences").whereIn("open_key", keys).select("*")) as DifferenceRow[];
    return new Map(rows.map((row) => [row.subject, readDifference(row)]));
  }

  /**
   * The rows, by hash, that were looked into before and were right all the same. One look may have
   * shown what was before the change, so a second one, the next day, has the last word.
   */
  async unfounded(
    connection: string,
    subjects: readonly string[],
    now: number,
  ): Promise<Set<string>> {
    const rows: { subject: string; shown: string; times: number; at: number }[] = await this.#db
      .knex("differences")
      .whereIn("subject", [...subjects])
      .where({ connection })
      .whereRaw("COALESCE(state, '') = 'unfounded'")
      .groupBy("subject", "shown")
      .select("subject", "shown")
      .count("* as times")
      .max("tried_at as at");
    const believed = rows.filter(({ times, at }) => times > 1 || now - at < TRY_AGAIN_MS);
    return new Set(believed.map(({ subject, shown }) => `${subject}/${shown}`));
  }

  /** Ends those of subjects that agree now: a call that came late, or a person, has put them right. */
  async endAgreed(connection: string, subjects: readonly string[], now: number): Promise<void> {
    const open = [...(await this.open(connection, subjects)).values()];
    const idle = open.filter(({ delivery }) => delivery === null);
    if (idle.length === 0) return;
    const looks = await lookedAt(
      this.#db,
      connection,
      idle.map(({ subject }) => subject),
    );
    // One list may not show what another has shown: without a look since, nothing is said.
    const right = idle.filter(({ subject, foundAt }) => (looks.get(subject) ?? 0) >= foundAt);
    await this.#db
      .knex("differences")
      .whereIn(
        "position",
        right.map(({ position }) => position),
      )
      .update({ state: "repaired", open_key: null, closed_at: now });
  }

  async end(endings: readonly Ending[], now: number): Promise<void> {
    if (endings.length === 0) return;
    await this.#db.transaction(async (trx) => {
      // Most of what an import takes over is no difference.
      const meant: { delivery: number }[] = await trx("differences")
        .whereIn(
          "delivery",
          endings.map(({ delivery }) => delivery),
        )
        .whereNotNull("open_key")
        .select("delivery");
      const open = new Set(meant.map(({ delivery }) => delivery));
      for (const { delivery, state, cause, changes } of endings) {
        if (!open.has(delivery)) continue;
        const isOpen = state === "open";
        await trx("differences")
          .where({ delivery })
          .whereNotNull("open_key")
          .update({
            state,
            // That a call had failed before is known already.
            ...(cause && { cause: trx.raw("COALESCE(cause, ?)", [cause]) }),
            ...(changes && { fields: bytesOf(changes) }),
            ...(isOpen ? { delivery: null } : { open_key: null, closed_at: now }),
          });
      }
    });
  }
}

export function openKey(connection: string, subject: string): string {
  return `${connection}/${subject}`;
}

function columnsOf(
  { kind, shown, changes, delivery, cause }: Found & { delivery: number | null },
  now: number,
) {
  const triedAt = delivery === null ? 0 : now;
  return {
    kind,
    shown,
    delivery,
    cause: cause ?? null,
    tried_at: triedAt,
    fields: bytesOf(changes),
  };
}

function bytesOf(changes: readonly Change[]): Buffer {
  return Buffer.from(JSON.stringify(changes));
}

export function readDifference(row: DifferenceRow): Difference {
  return {
    position: row.position,
    connection: row.connection,
    subject: row.subject,
    day: row.day,
    kind: row.kind,
    state: row.state,
    cause: row.cause,
    delivery: row.delivery,
    changes: JSON.parse(row.fields.toString("utf8")) as Change[],
    foundAt: row.found_at,
    triedAt: row.tried_at,
    closedAt: row.closed_at,
  };
}
