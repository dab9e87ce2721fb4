import type { Knex } from "knex";

/** What a failed statement means for the caller. */
export type Failure =
  /** Somebody else was faster; the whole closure may run again. */
  | "conflict"
  /** The store cannot work right now: away, full, shutting down. */
  | "unavailable"
  /** A row with this key is there already. */
  | "duplicate"
  | "other";

/** The differences between the two kinds of store. Everything else is shared SQL. */
export interface Dialect {
  readonly name: "sqlite" | "mysql";
  /** SQL expression: UTC milliseconds by the database's clock. */
  readonly nowMs: string;
  readonly failureOf: (error: unknown) => Failure;
  /** SQL expression: the value an upsert would have inserted into the column. */
  readonly inserted: (column: string) => string;
  /** Statement: this connection waits no longer than this for others' locks. */
  readonly patience: (ms: number) => string;
  /** A text column compared byte by byte: `a1`, `A1`, `a1 ` and `á1` are four keys. */
  readonly keyColumn: (
    table: Knex.CreateTableBuilder,
    name: string,
    length: number,
  ) => Knex.ColumnBuilder;
  /** Bytes from outside, or JSON. */
  readonly bytesColumn: (table: Knex.CreateTableBuilder, name: string) => Knex.ColumnBuilder;
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : "";
}

/** knex would write to the console what it throws besides. */
export const silentLogger: Knex.Logger = {
  warn: () => undefined,
  error: () => undefined,
  deprecate: () => undefined,
  debug: () => undefined,
};
