/** One thing that a row must meet. */
export interface Term {
  column: string;
  operator: "=" | ">=" | "<" | "<=" | "in";
  value: string | number | readonly string[];
}

/** An index and the columns it begins with; both stores keep its entries in order of the key. */
export interface Index {
  /** Undefined: the primary key. */
  name: string | undefined;
  columns: readonly string[];
}

/** The part of an index in which rows are looked for. */
export interface Range {
  index: string;
  /** What bounds it, besides what every row must meet. */
  terms: readonly Term[];
}

export interface Table {
  name: string;
  /** Grows with every row. */
  key: "position" | "id";
  /** Indexes without the key's own, the narrowest first. */
  ordered: readonly Index[];
}

/** How the rows of a list are found. */
export interface Plan {
  table: Table;
  /** What every row must meet. */
  terms: readonly Term[];
  /** Groups of terms of which a row must meet one whole; none: no such choice. */
  either: readonly (readonly Term[])[];
  /** An index that gives rows in order of the key, for as many of the terms as possible. */
  ordered: Index;
  /**
   * Indexes that bound the rows where `ordered` does not; each row is in at least one of them.
   * Empty: the rows of `ordered` are few.
   */
  ranges: readonly Range[];
}

const PRIMARY: Index = { name: undefined, columns: [] };

/** @param either Alternatives, each with the index that finds its rows. */
export function planOf(
  table: Table,
  terms: readonly Term[],
  ranges: readonly Range[],
  either: readonly Range[] = [],
): Plan {
  const equal = new Set(
    terms.filter(({ operator }) => operator === "=").map(({ column }) => column),
  );
  const ordered = table.ordered.find(({ columns }) => columns.every((name) => equal.has(name)));
  return {
    table,
    terms,
    either: either.map((range) => range.terms),
    ordered: ordered ?? PRIMARY,
    ranges,
  };
}

/** No term when nothing is asked. */
export function term(
  column: string,
  operator: Term["operator"],
  value: Term["value"] | undefined,
): Term[] {
  return value === undefined ? [] : [{ column, operator, value }];
}

/** The terms of all texts that begin with these letters, in a column compared byte by byte. */
export function beginsWith(column: string, letters: string): Term[] {
  return [...term(column, ">=", letters), ...term(column, "<=", `${letters}\u{10FFFF}`)];
}
