import { randomUUID } from "node:crypto";
import { chmodSync } from "node:fs";

import Sqlite, { type Database as SqliteConnection } from "better-sqlite3";

import { codeOf } from "../db/dialect.ts";
import type { NewDelivery } from "../inbox/inbox-store.ts";

/** What a row costs besides its own bytes, roughly. */
const ROW_BYTES = 200;

/** A delivery in the spool. `seq` is the order of arrival. */
export interface SpooledDelivery {
  seq: number;
  delivery: NewDelivery;
}

interface Row {
  seq: number;
  id: string;
  connection: string;
  received_at: number;
  method: string;
  query: Buffer;
  headers: Buffer;
  body: Buffer;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL, connection TEXT NOT NULL, received_at INTEGER NOT NULL, method TEXT NOT NULL,
    bytes INTEGER NOT NULL, refused TEXT,
    query BLOB NOT NULL, headers BLOB NOT NULL, body BLOB NOT NULL
  );`;

/**
 * One file of the spool, held by one process. The lock is SQLite's own (exclusive locking mode):
 * the system lets go of it when the process ends, however it ends, so that a file which nobody has
 * locked is one that a dead process left.
 */
export class SpoolFile {
  /** Names the file wherever it is spoken of. */
  readonly id: string;
  readonly #db: SqliteConnection;
  /** Rows up to this one are in the database, even if the disk would not let them be deleted. */
  #goneUpTo = 0;
  #waiting: number;
  #refused = 0;
  #bytes: number;

  private constructor(db: SqliteConnection) {
    this.#db = db;
    db.exec(SCHEMA);
    db.prepare("INSERT INTO facts VALUES ('id', ?) ON CONFLICT DO NOTHING").run(randomUUID());
    const fact = db.prepare("SELECT value FROM facts WHERE name = 'id'").get();
    this.id = (fact as { value: string }).value;
    // What the database refused, an update of ours or of the server may have put right.
    db.prepare("UPDATE deliveries SET refused = NULL WHERE refused IS NOT NULL").run();
    const count = db.prepare(
      "SELECT COUNT(*) AS waiting, COALESCE(SUM(bytes), 0) AS bytes FROM deliveries",
    );
    const { waiting, bytes } = count.get() as { waiting: number; bytes: number };
    this.#waiting = waiting;
    this.#bytes = bytes;
  }

  /** Takes a file for this process, or makes it. @returns undefined when another process has it. */
  static take(path: string): SpoolFile | undefined {
    const db = new Sqlite(path, { timeout: 0 });
    try {
      db.pragma("locking_mode = EXCLUSIVE");
      db.pragma("journal_mode = WAL");
      // FULL: the commit has reached the disk when it returns. An answer of 200 rests on this.
      db.pragma("synchronous = FULL");
      db.pragma("secure_delete = ON");
      db.exec("BEGIN IMMEDIATE; COMMIT");
      chmodSync(path, 0o600);
      return new SpoolFile(db);
    } catch (error) {
      db.close();
      if (codeOf(error).startsWith("SQLITE_BUSY")) return undefined;
      throw error;
    }
  }

  /** Rows that are still to be taken to the database. */
  get waiting(): number {
    return this.#waiting;
  }

  /** All rows that are in no database yet, with those that it refused. */
  get rows(): number {
    return this.#waiting + this.#refused;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps all of them in one commit, or none. */
  append(deliveries: readonly NewDelivery[]): void {
    const insert = this.#db.prepare(
      `INSERT INTO deliveries (id, connection, received_at, method, bytes, query, headers, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const rows = deliveries.map(valuesOf);
    this.#db
      .transaction(() => {
        for (const { values } of rows) insert.run(values);
      })
      .immediate();
    this.#waiting += rows.length;
    this.#bytes += sum(rows.map(({ bytes }) => bytes));
  }

  /** The oldest that wait, in order. */
  first(maxRows: number, maxBytes: number): SpooledDelivery[] {
    const rows = this.#db
      .prepare("SELECT * FROM deliveries WHERE seq > ? AND refused IS NULL ORDER BY seq LIMIT ?")
      .iterate(this.#goneUpTo, maxRows) as IterableIterator<Row>;
    const taken: SpooledDelivery[] = [];
    let bytes = 0;
    for (const row of rows) {
      bytes += row.body.length;
      if (taken.length > 0 && bytes > maxBytes) break;
      taken.push(readRow(row));
    }
    return taken;
  }

  /** UTC milliseconds at which the oldest that waits came. */
  get oldestAt(): number {
    return this.first(1, 0)[0]?.delivery.receivedAt ?? Infinity;
  }

  /** Forgets the oldest that wait: they are in the database. */
  remove(oldest: readonly SpooledDelivery[]): void {
    // First in memory: a full disk must not keep rows waiting that have got through. Another
    // process that finds them here later will find them in the database too.
    this.#goneUpTo = oldest.at(-1)?.seq ?? this.#goneUpTo;
    this.#waiting -= oldest.length;
    this.#bytes -= sum(oldest.map(({ delivery }) => bytesOf(delivery)));
    this.#db
      .prepare("DELETE FROM deliveries WHERE seq <= ? AND refused IS NULL")
      .run(this.#goneUpTo);
    if (this.rows === 0) this.#shrink();
  }

  /** Keeps a row that the database will not take, out of the way of the others. */
  setAside({ seq }: SpooledDelivery, reason: string): void {
    this.#db.prepare("UPDATE deliveries SET refused = ? WHERE seq = ?").run(reason, seq);
    this.#waiting -= 1;
    this.#refused += 1;
  }

  /** @throws what an append would throw. */
  probe(): void {
    this.#db
      .prepare(
        "INSERT INTO facts VALUES ('probe', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      )
      .run(String(Date.now()));
  }

  close(): void {
    this.#db.close();
  }

  /** Gives the disk back what a long absence of the database took. */
  #shrink(): void {
    this.#db.exec("VACUUM");
    this.#db.pragma("wal_checkpoint(TRUNCATE)");
  }
}

export function bytesOf({ query, rawHeaders, body }: NewDelivery): number {
  return body.length + query.length + sum(rawHeaders.map(({ length }) => length)) + ROW_BYTES;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function valuesOf(delivery: NewDelivery): { bytes: number; values: unknown[] } {
  const { id, connection, receivedAt, method, query, rawHeaders, body } = delivery;
  const bytes = bytesOf(delivery);
  const texts = [Buffer.from(query, "latin1"), Buffer.from(JSON.stringify(rawHeaders))];
  return { bytes, values: [id, connection, receivedAt, method, bytes, ...texts, body] };
}

function readRow({ seq, received_at, query, headers, ...row }: Row): SpooledDelivery {
  const { id, connection, method, body } = row;
  const rawHeaders = JSON.parse(headers.toString("utf8")) as string[];
  const delivery: NewDelivery = {
    ...{ id, connection, method, body, rawHeaders },
    receivedAt: received_at,
    query: query.toString("latin1"),
  };
  return { seq, delivery };
}
