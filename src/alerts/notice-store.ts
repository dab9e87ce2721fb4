import type { Database } from "../db/database.ts";
import { NEVER } from "../dispatch/job-store.ts";
import type { Channel, Notice } from "./incident.ts";
import { readIncidents } from "./incident-store.ts";

/** Longer than telling may take. Who dies meanwhile is followed by somebody else. */
const CLAIM_MS = 2 * 60_000;
const AT_A_TIME = 20;

type StoredNotice = Omit<Notice, "incident"> & { incident: number };

/** Who is still to be told. */
export class NoticeStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Those that are due on a channel. That something is over is told after that it began. */
  async due(channel: Channel): Promise<Notice[]> {
    const { knex, dialect } = this.#db;
    const rows: StoredNotice[] = await knex("notices")
      .where({ channel })
      .where("due_at", "<=", knex.raw(dialect.nowMs))
      .orderBy("due_at")
      .limit(AT_A_TIME)
      .select("position", "incident", "about", "channel", "due_at as dueAt", "tries");
    if (rows.length === 0) return [];
    const numbers = rows.map(({ incident }) => incident);
    const incidents = await readIncidents(knex, (all) => all.whereIn("position", numbers));
    const untold = await this.#untoldOpenings(channel, numbers);
    return rows.flatMap((row) => {
      const incident = incidents.find(({ position }) => position === row.incident);
      const isTooEarly = row.about === "closed" && untold.has(row.incident);
      return incident && !isTooEarly ? [{ ...row, incident }] : [];
    });
  }

  /** @returns false when another process tells it. */
  async claim({ position, dueAt }: Notice): Promise<boolean> {
    const { knex, dialect } = this.#db;
    const claimed = await knex("notices")
      .where({ position, due_at: dueAt })
      .update({
        due_at: knex.raw(`${dialect.nowMs} + ${CLAIM_MS}`),
        tries: knex.raw("tries + 1"),
      });
    return claimed === 1;
  }

  async told({ position }: Notice): Promise<void> {
    await this.#db.knex("notices").where({ position }).update({ due_at: NEVER });
  }

  async postpone({ position }: Notice, delayMs: number): Promise<void> {
    const { knex, dialect } = this.#db;
    await knex("notices")
      .where({ position })
      .update({ due_at: knex.raw(`${dialect.nowMs} + ?`, [delayMs]) });
  }

  async #untoldOpenings(channel: Channel, incidents: readonly number[]): Promise<Set<number>> {
    const rows: { incident: number }[] = await this.#db
      .knex("notices")
      .where({ channel, about: "opened" })
      .whereIn("incident", [...incidents])
      .where("due_at", "<", NEVER)
      .select("incident");
    return new Set(rows.map(({ incident }) => incident));
  }
}
