import type { Knex } from "knex";

import { insertMany, updateMany } from "../db/bulk.ts";
import { type Database, StaleStateError } from "../db/database.ts";
import { Identity } from "../people/identity.ts";
import type { Booking } from "../sdk/booking.ts";
import type { SubjectRecord } from "../sdk/booking-event.ts";
import type { Carried } from "./carried.ts";
import { derivedColumns } from "./derived-columns.ts";
import { type KnownSubject, type RecentCall, UNKNOWN_SUBJECT } from "./look.ts";

export type SubjectKind = "booking" | "coupon" | "resource" | "vacation" | "customer" | "clock";

/** A subject as it was read, to be written back only if nobody wrote it since. */
export interface StoredSubject {
  /** Undefined: not stored yet. */
  id?: number;
  known: KnownSubject;
}

export interface SubjectChange {
  subject: string;
  kind: SubjectKind;
  stored: StoredSubject;
  after: KnownSubject;
}

interface SubjectRow {
  id: number;
  subject: string;
  kind: SubjectKind;
  version: number;
  ordinal: number;
  payload_position: number;
  state: Buffer;
  recent: Buffer;
}

/** The last known state of everything that calls speak of. */
export class SubjectStore {
  readonly #db: Database;
  readonly #identity: Identity;

  /** @param identity By which bookings are filed under their guests. */
  constructor(db: Database, identity = new Identity()) {
    this.#db = db;
    this.#identity = identity;
  }

  async load(
    trx: Knex,
    connection: string,
    subjects: readonly string[],
  ): Promise<Map<string, StoredSubject>> {
    const rows: SubjectRow[] = await trx("subjects")
      .where({ connection })
      .whereIn("subject", [...subjects])
      .select("id", "subject", "kind", "version", "ordinal", "payload_position", "state", "recent");
    const stored = new Map(rows.map((row) => [row.subject, readRow(row)]));
    for (const subject of subjects) {
      if (!stored.has(subject)) stored.set(subject, { known: UNKNOWN_SUBJECT });
    }
    return stored;
  }

  /** @throws StaleStateError when another process has written one of them meanwhile. */
  async save(
    trx: Knex.Transaction,
    connection: string,
    changes: readonly SubjectChange[],
  ): Promise<void> {
    const now = trx.raw(this.#db.dialect.nowMs);
    const rows = changes.map((change) => ({ change, row: this.#rowOf(change) }));
    const added = rows.filter(({ change }) => change.stored.id === undefined);
    try {
      await insertMany(
        trx,
        "subjects",
        added.map(({ change: { subject, kind }, row }) => ({
          connection,
          subject,
          kind,
          ...row,
          updated_at: now,
        })),
      );
    } catch (error) {
      if (this.#db.failureOf(error) !== "duplicate") throw error;
      throw new StaleStateError("another process saw the subject first", { cause: error });
    }
    await this.#update(trx, rows, now);
  }

  /**
   * Keeps subjects as they were read until the transaction ends.
   *
   * @throws StaleStateError when another process has written one of them meanwhile.
   */
  async hold(trx: Knex.Transaction, subjects: readonly StoredSubject[]): Promise<void> {
    const updates = subjects.flatMap(({ id, known: { version, ordinal } }) =>
      id === undefined ? [] : [{ key: id, values: { version }, fence: { version, ordinal } }],
    );
    const held = await updateMany(trx, "subjects", "id", updates);
    if (held !== updates.length) throw new StaleStateError("the subject has moved on");
  }

  #rowOf({ after }: SubjectChange) {
    const { booking, record } = after;
    return {
      version: after.version,
      ordinal: after.ordinal,
      payload_position: after.payloadPosition,
      status: booking?.status ?? null,
      email: searchable(booking?.customer?.email),
      name: searchable(nameOf(booking)),
      starts_on: booking?.start?.date ?? null,
      ...derivedColumns(booking, this.#identity),
      state: Buffer.from(JSON.stringify(booking ?? record ?? null)),
      recent: Buffer.from(memoryOf(after)),
    };
  }

  async #update(
    trx: Knex.Transaction,
    rows: readonly { change: SubjectChange; row: object }[],
    now: Knex.Raw,
  ): Promise<void> {
    const updates = rows.flatMap(({ change: { stored }, row }) => {
      if (stored.id === undefined) return [];
      const { version, ordinal } = stored.known;
      const values = { ...row, updated_at: now };
      return [{ key: stored.id, values, fence: { version, ordinal } }];
    });
    if (updates.length === 0) return;
    const written = await updateMany(trx, "subjects", "id", updates);
    if (written !== updates.length) throw new StaleStateError("the subject has moved on");
  }
}

function readRow(row: SubjectRow): StoredSubject {
  const state = JSON.parse(row.state.toString("utf8")) as unknown;
  const { recent, carried, isErased } = readMemory(row.recent);
  const { id, version, ordinal, payload_position: payloadPosition } = row;
  const known = { version, ordinal, payloadPosition, recent, ...(isErased && { isErased }) };
  if (state === null) return { id, known };
  return {
    id,
    known:
      row.kind === "booking"
        ? { ...known, booking: state as Booking, ...(carried && { carried }) }
        : { ...known, record: state as SubjectRecord },
  };
}

interface Memory {
  recent: readonly RecentCall[];
  carried?: Carried | undefined;
  isErased?: true | undefined;
}

function memoryOf({ recent, carried, isErased }: KnownSubject): string {
  const memory: Memory = { recent, carried, isErased };
  return JSON.stringify(memory);
}

/** Rows of earlier versions hold nothing but the calls. */
function readMemory(stored: Buffer): Memory {
  const memory = JSON.parse(stored.toString("utf8")) as Memory | RecentCall[];
  return Array.isArray(memory) ? { recent: memory } : memory;
}

function nameOf(booking: Booking | undefined): string | undefined {
  const { customer } = booking ?? {};
  return customer?.lastName ?? customer?.name;
}

/** Lower case, so that people find it however they write it. */
export function searchable(text: string | undefined): string | null {
  return text === undefined ? null : text.trim().toLowerCase().slice(0, 255);
}
