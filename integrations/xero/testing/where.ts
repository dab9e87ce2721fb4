/** Filters as Xero understands them, as far as they are used here. */
export function matches(row: object, where: string | null): boolean {
  if (where === null || where === "") return true;
  return where.split(" AND ").every((term) => holds(row, term.trim()));
}

function holds(row: object, term: string): boolean {
  const [, equalField, equalText] = /^(\w+)==(?:"([^"]*)")$/.exec(term) ?? [];
  if (equalField !== undefined) return valueOf(row, equalField) === equalText;
  const [, thereField] = /^(\w+)!=null$/.exec(term) ?? [];
  if (thereField !== undefined) return valueOf(row, thereField) !== undefined;
  const [, beginField, beginning] = /^(\w+)\.StartsWith\("([^"]*)"\)$/.exec(term) ?? [];
  if (beginField === undefined) throw new Error(`the fake does not understand ${term}`);
  return String(valueOf(row, beginField)).startsWith(beginning ?? "");
}

function valueOf(row: object, field: string): unknown {
  const value = (row as Record<string, unknown>)[field];
  return value === "" ? undefined : value;
}
