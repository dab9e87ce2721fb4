import { parse } from "qs";

const MAX_FIELDS = 2000;

/** Fields of a query string or form body. Repeated names keep all their values. */
export interface FormFields {
  readonly names: readonly string[];
  /** The first value. */
  get(name: string): string | undefined;
  all(name: string): readonly string[];
  /** Names that came more than once with differing values. */
  readonly conflicts: readonly string[];
}

/**
 * Reads `application/x-www-form-urlencoded` text without ever throwing: bad percent sequences stay
 * as they are, brackets have no meaning except that `name[]` is another value of `name`.
 */
export function parseForm(text: string): FormFields {
  const parsed = parse(text, {
    depth: 0,
    parameterLimit: MAX_FIELDS,
    arrayLimit: MAX_FIELDS,
    plainObjects: true,
    duplicates: "combine",
    parseArrays: false,
  });
  const values = new Map<string, string[]>();
  for (const [key, value] of Object.entries(parsed)) {
    const name = key.endsWith("[]") ? key.slice(0, -2) : key;
    const list = (Array.isArray(value) ? value : [value]).map(String);
    values.set(name, [...(values.get(name) ?? []), ...list]);
  }
  return {
    names: [...values.keys()],
    get: (name) => values.get(name)?.[0],
    all: (name) => values.get(name) ?? [],
    conflicts: [...values].filter(([, list]) => new Set(list).size > 1).map(([name]) => name),
  };
}
