import { newId } from "../process/new-id.ts";

import type { Database } from "../db/database.ts";
import type { EffectResult, LedgerEntry } from "../sdk/context.ts";

/** What an effect belongs to. With its key, handler and scope make it unique. */
export interface EffectOwner {
  handler: string;
  scope: string;
  connection: string;
  subject: string;
  jobId: string;
  /** Version of the booking that the handler was told of. */
  version: number;
}

interface EffectRow {
  effect_key: string;
  state: LedgerEntry["state"];
  progress: string | null;
  external_id: string | null;
  link: string | null;
  summary: string | null;
  data: Buffer | null;
}

const COLUMNS = [
  "effect_key",
  "state",
  "progress",
  "external_id",
  "link",
  "summary",
  "data",
] as const;

/** The ledger: what was done outside, once each. */
export class EffectStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** What a handler has done for each of the scopes, oldest first. */
  async entries(handler: string, scopes: readonly string[]): Promise<Map<string, LedgerEntry[]>> {
    const rows: (EffectRow & { scope: string })[] = await this.#db
      .knex("effects")
      .where({ handler })
      .whereIn("scope", [...scopes])
      .orderBy("position")
      .select("scope", ...COLUMNS);
    const entries = new Map<string, LedgerEntry[]>(scopes.map((scope) => [scope, []]));
    for (const row of rows) entries.get(row.scope)?.push(readRow(row));
    return entries;
  }

  /**
   * Notes that an effect is about to be tried, before anything leaves this machine.
   *
   * @returns the entry as it was before, when it has been tried already.
   */
  async start(owner: EffectOwner, key: string): Promise<LedgerEntry | undefined> {
    const { handler, scope } = owner;
    const place = { handler, scope, effect_key: key };
    const before = await this.#find(place);
    if (before?.state === "done") return readRow(before);
    const started = {
      job_id: owner.jobId,
      version: owner.version,
      state: "started",
      updated_at: this.#now(),
    };
    if (before) {
      // Another process may have finished it since, on another node even before we looked.
      const { state } = before;
      const begun = await this.#db
        .knex("effects")
        .where({ ...place, state })
        .update(started);
      return begun === 1 ? readRow(before) : this.start(owner, key);
    }
    await this.#db.knex("effects").insert({
      ...place,
      ...started,
      id: newId(),
      connection: owner.connection,
      subject: owner.subject,
    });
    return undefined;
  }

  async finish(owner: EffectOwner, key: string, result: EffectResult): Promise<void> {
    await this.#write(owner, key, {
      state: "done",
      progress: result.progress?.slice(0, 64) ?? null,
      external_id: result.externalId?.slice(0, 500) ?? null,
      link: result.link?.slice(0, 1000) ?? null,
      summary: result.summary?.slice(0, 500) ?? null,
      data: result.data ? Buffer.from(JSON.stringify(result.data)) : null,
    });
  }

  /** The try failed for certain: nothing was done outside. */
  async fail(owner: EffectOwner, key: string, reason: string): Promise<void> {
    await this.#write(owner, key, { state: "failed", summary: reason.slice(0, 500) });
  }

  async #find(place: object): Promise<EffectRow | undefined> {
    const row: unknown = await this.#db
      .knex("effects")
      .where(place)
      .first(...COLUMNS);
    return row as EffectRow | undefined;
  }

  async #write({ handler, scope }: EffectOwner, key: string, values: object): Promise<void> {
    await this.#db
      .knex("effects")
      .where({ handler, scope, effect_key: key })
      .update({ ...values, updated_at: this.#now() });
  }

  #now() {
    return this.#db.knex.raw(this.#db.dialect.nowMs);
  }
}

function readRow(row: EffectRow): LedgerEntry {
  return {
    key: row.effect_key,
    state: row.state,
    ...(row.progress !== null && { progress: row.progress }),
    ...(row.external_id !== null && { externalId: row.external_id }),
    ...(row.link !== null && { link: row.link }),
    ...(row.summary !== null && { summary: row.summary }),
    ...(row.data !== null && {
      data: JSON.parse(row.data.toString("utf8")) as NonNullable<LedgerEntry["data"]>,
    }),
  };
}
