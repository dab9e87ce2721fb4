import { closest } from "fastest-levenshtein";
import type { z } from "zod";

import { isNear, wordsOf } from "./issue-words.ts";

/** Where a value of the configuration was written: `bellhop.yaml:12`. */
export type Locate = (path: readonly PropertyKey[]) => string;

type Schema = z.core.$ZodType;

/** Turns what zod found into one line per fault: place, path, what is wrong, what to write. */
export function describeProblems(
  schema: Schema,
  issues: readonly z.core.$ZodIssue[],
  locate: Locate,
  prefix: readonly PropertyKey[] = [],
): string[] {
  return withoutEchoes(issues).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      const known = keysOf(schemaAt(schema, issue.path));
      return issue.keys.map((key) => {
        const path = [...prefix, ...issue.path, key];
        return `${locate(path)}: ${pathText(path)}: unknown key${hint(key, known)}`;
      });
    }
    const path = [...prefix, ...issue.path];
    return [`${locate(path)}: ${pathText(path)}: ${wordsOf(issue)}`];
  });
}

/** What is of the wrong kind is not too long as well: zod measures a text where a list has to be. */
function withoutEchoes(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  const isOfPath = ({ path }: z.core.$ZodIssue, other: z.core.$ZodIssue) =>
    pathText(path) === pathText(other.path);
  const mistyped = issues.filter(({ code }) => code === "invalid_type");
  return issues.filter(
    (issue) =>
      (issue.code !== "too_big" && issue.code !== "too_small") ||
      !mistyped.some((other) => isOfPath(issue, other)),
  );
}

/** `: did you mean accountId?`, or the list of what there is. @param most So many are listed. */
export function hint(word: string, known: readonly string[], most = Infinity): string {
  if (known.length === 0) return ": remove it";
  const guess = closest(word, [...known]);
  if (isNear(word, guess)) return `: did you mean ${guess}?`;
  const listed = known.length > most ? [...known.slice(0, most), "…"] : known;
  return `: known are ${listed.join(", ")}`;
}

/** `connections.fjord.tokens[0]` */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

interface SchemaDefinition {
  type: string;
  shape?: Record<string, Schema>;
  innerType?: Schema;
  element?: Schema;
  valueType?: Schema;
  in?: Schema;
}

function definitionOf(schema: Schema): SchemaDefinition {
  let definition = schema._zod.def as SchemaDefinition;
  for (;;) {
    const inner = definition.innerType ?? (definition.type === "pipe" ? definition.in : undefined);
    if (!inner) return definition;
    definition = inner._zod.def;
  }
}

function schemaAt(schema: Schema, path: readonly PropertyKey[]): Schema | undefined {
  let current: Schema | undefined = schema;
  for (const key of path) {
    if (!current) return undefined;
    const { shape, element, valueType }: SchemaDefinition = definitionOf(current);
    current = shape?.[String(key)] ?? element ?? valueType;
  }
  return current;
}

function keysOf(schema: Schema | undefined): string[] {
  return schema ? Object.keys(definitionOf(schema).shape ?? {}) : [];
}
