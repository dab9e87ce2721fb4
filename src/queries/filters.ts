import { z } from "zod";

import { keyOfCursor } from "./cursor.ts";

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 500;

/** A name or key, as it is stored. */
export function text(description: string, maxLength = 255) {
  return z
    .string("write text")
    .min(1, "write something, or leave it out")
    .max(maxLength, `write ${maxLength} characters at most`)
    .describe(description)
    .optional();
}

export function oneOf<const Values extends readonly string[]>(values: Values, description: string) {
  return z
    .enum(values, `use ${values.join(", ")}`)
    .describe(description)
    .optional();
}

/** UTC milliseconds of an RFC 3339 time. */
export function instant(description: string) {
  return z.iso
    .datetime({ offset: true, error: ({ input }) => timeWords(String(input)) })
    .transform((value) => Date.parse(value))
    .describe(description)
    .optional();
}

/** A plus that was not written %2B has become a space. */
function timeWords(given: string): string {
  const hint = /T.* \d\d:?\d\d$/.test(given) ? " (in a URL a + is written %2B)" : "";
  return `write a time such as 2026-03-14T08:00:00Z${hint}`;
}

export function day(description: string) {
  return z.iso.date("write a date such as 2026-03-14").describe(description).optional();
}

/** Which part of a list: taken from text, as URLs and command lines give it. */
export const PageSchema = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/, `write a number from 1 to ${MAX_LIMIT}`)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MAX_LIMIT, `write a number from 1 to ${MAX_LIMIT}`)
    .default(DEFAULT_LIMIT),
  cursor: z
    .string()
    .transform((cursor, context) => {
      const key = keyOfCursor(cursor);
      if (key !== undefined) return key;
      context.addIssue({ code: "custom", message: "hand back the next of an earlier answer" });
      return z.NEVER;
    })
    .optional(),
};

/** One thing about a request that cannot be. */
export interface FieldProblem {
  field: string;
  detail: string;
}

/** The caller asked for something that there is not, or in a way that cannot be read. */
export class FilterError extends Error {
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    super(problems.map(({ field, detail }) => `${field}: ${detail}`).join("; "));
    this.name = "FilterError";
    this.problems = problems;
  }
}

/** Which rows, and which part of them. */
export interface Asked<Shape extends z.ZodRawShape> {
  filters: z.output<z.ZodObject<Shape>>;
  page: z.output<z.ZodObject<typeof PageSchema>>;
}

/** @throws FilterError that names every unknown filter, with the known ones, and every bad value. */
export function readFilters<Shape extends z.ZodRawShape>(
  shape: Shape,
  given: Readonly<Record<string, unknown>>,
): z.output<z.ZodObject<Shape>> {
  const { data, problems } = check(shape, given, Object.keys(shape));
  if (data === undefined) throw new FilterError(problems);
  return data;
}

/** As `readFilters`, with `limit` and `cursor` besides. */
export function readListQuery<Shape extends z.ZodRawShape>(
  shape: Shape,
  given: Readonly<Record<string, unknown>>,
): Asked<Shape> {
  const isPage = (name: string) => name in PageSchema;
  const names = Object.keys(given);
  const part = (wanted: string[]) =>
    Object.fromEntries(wanted.map((name) => [name, given[name]] as const));
  const known = [...Object.keys(shape), ...Object.keys(PageSchema)];
  const filters = check(shape, part(names.filter((name) => !isPage(name))), known);
  const page = check(PageSchema, part(names.filter(isPage)), known);
  if (filters.data === undefined || page.data === undefined) {
    throw new FilterError([...filters.problems, ...page.problems]);
  }
  return { filters: filters.data, page: page.data };
}

function check<Shape extends z.ZodRawShape>(
  shape: Shape,
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
): { data?: z.output<z.ZodObject<Shape>>; problems: FieldProblem[] } {
  const result = z.strictObject(shape).safeParse(given);
  if (result.success) return { data: result.data, problems: [] };
  const problems = result.error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      const detail = `unknown: known are ${known.join(", ")}`;
      return issue.keys.map((field) => ({ field, detail }));
    }
    const field = issue.path.map(String).join(".");
    return [{ field, detail: Array.isArray(given[field]) ? "write it once" : issue.message }];
  });
  return { problems };
}
