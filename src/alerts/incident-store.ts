import type { Knex } from "knex";

import type { Database } from "../db/database.ts";
import { newId } from "../process/new-id.ts";
import type { Channel, Finding, Incident, Notice } from "./incident.ts";

const NAME_LENGTH = 191;
const REASON_LENGTH = 1000;

/** Incidents, and in the same transaction who is to be told of them. */
export class IncidentStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Those that are open, by name. */
  async open(): Promise<Map<string, Incident>> {
    // NULL is not greater than anything: the index has the open ones side by side.
    const rows = await readIncidents(this.#db.knex, (all) => all.where("open_name", ">=", ""));
    return new Map(rows.map((row) => [row.name, row]));
  }

  /**
   * Opens an incident, unless one of the name is open: the unique key lets one process do it.
   *
   * @param channels How people are to be told.
   * @returns false when it was open already.
   */
  async begin(finding: Finding, channels: readonly Channel[]): Promise<boolean> {
    const id = newId();
    const name = finding.name.slice(0, NAME_LENGTH);
    try {
      await this.#db.transaction(async (trx) => {
        await trx("incidents").insert({
          id,
          name,
          open_name: name,
          kind: finding.kind,
          reason: finding.reason.slice(0, REASON_LENGTH),
          opened_at: trx.raw(this.#db.dialect.nowMs),
        });
        const [incident] = await readIncidents(trx, (all) => all.where({ id }));
        if (incident) await this.#announce(trx, incident.position, "opened", channels);
      });
      return true;
    } catch (error) {
      if (this.#db.failureOf(error) === "duplicate") return false;
      throw error;
    }
  }

  /** @returns false when somebody else has closed it. */
  async close(incident: Incident, channels: readonly Channel[]): Promise<boolean> {
    const { position, name } = incident;
    return this.#db.transaction(async (trx) => {
      const closed = await trx("incidents")
        .where({ position, open_name: name })
        .update({ open_name: null, closed_at: trx.raw(this.#db.dialect.nowMs) });
      if (closed !== 1) return false;
      await this.#announce(trx, position, "closed", channels);
      return true;
    });
  }

  /** What is so by now, for those who look. Nobody is told again. */
  async renew({ position }: Incident, reason: string): Promise<void> {
    await this.#db
      .knex("incidents")
      .where({ position })
      .update({ reason: reason.slice(0, REASON_LENGTH) });
  }

  async #announce(
    trx: Knex.Transaction,
    incident: number,
    about: Notice["about"],
    channels: readonly Channel[],
  ): Promise<void> {
    if (channels.length === 0) return;
    const due = trx.raw(this.#db.dialect.nowMs);
    await trx("notices").insert(
      channels.map((channel) => ({ incident, about, channel, due_at: due })),
    );
  }
}

export async function readIncidents(
  db: Knex,
  which: (incidents: Knex.QueryBuilder) => Knex.QueryBuilder,
): Promise<Incident[]> {
  const rows: Incident[] = await which(db("incidents"))
    .orderBy("position", "desc")
    .select("position", "id", "name", "kind", "reason")
    .select("opened_at as openedAt", "closed_at as closedAt");
  return rows;
}
