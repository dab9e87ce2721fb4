import { z } from "zod";

import { DEFAULT_LIMIT, MAX_LIMIT } from "../../queries/filters.ts";
import { listOf, object, orNull, ref, type Schema, text } from "./schema.ts";

export interface Parameter {
  name: string;
  in: "query" | "path";
  required: boolean;
  description: string;
  schema: Schema;
}

export interface Answer {
  description: string;
  headers?: Readonly<Record<string, { description: string; schema: Schema }>>;
  content?: Readonly<Record<string, { schema: Schema }>>;
}

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: readonly string[];
  security?: readonly Readonly<Record<string, readonly string[]>>[];
  parameters?: readonly Parameter[];
  requestBody?: { required: boolean; content: Readonly<Record<string, { schema: Schema }>> };
  responses: Readonly<Record<string, Answer>>;
}

/** A path of the description: `/jobs/{id}`. */
export type PathItem = Readonly<Partial<Record<"get" | "post", Operation>>>;

export function json(schema: Schema) {
  return { "application/json": { schema } };
}

const FAULTS: Readonly<Record<number, string>> = {
  400: "A filter or field is unknown or cannot be read; `errors` names each",
  404: "There is none",
  409: "Not in its present state",
  415: "The body is not application/json",
};

/** The answers of a call: what it gives, and the problems it may meet. */
export function answers(description: string, schema: Schema, ...faults: (keyof typeof FAULTS)[]) {
  const problems = faults.map((status) => [String(status), problem(FAULTS[status] ?? "")] as const);
  const retry = {
    "Retry-After": { description: "Seconds", schema: text() },
  };
  return {
    "200": { description, content: json(schema) },
    ...Object.fromEntries(problems),
    "401": problem("No token, a wrong one, or BELLHOP_API_TOKEN is not set"),
    "429": { ...problem("Too many calls with a wrong token"), headers: retry },
    "503": { ...problem("The store is not available"), headers: retry },
  };
}

function problem(description: string): Answer {
  return { description, content: { "application/problem+json": { schema: ref("Problem") } } };
}

const PAGE_PARAMETERS: readonly Parameter[] = [
  queryParameter("limit", {
    type: "integer",
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    description: "How many at most",
  }),
  queryParameter("cursor", text("`next` of an earlier answer")),
];

/** A call that lists: its filters, a limit and a cursor. */
export function listing(
  name: string,
  summary: string,
  filters: z.ZodRawShape,
  element: string,
): Operation {
  const page = object({
    data: listOf(ref(element)),
    next: orNull(text(), "Cursor of the next page; null at the end"),
  });
  return {
    operationId: `list${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
    summary,
    tags: [name],
    parameters: [
      ...Object.entries(filters).map(([filter, schema]) =>
        queryParameter(filter, z.toJSONSchema(schema, { io: "input" }) as Schema),
      ),
      ...PAGE_PARAMETERS,
    ],
    responses: answers("A page, newest first", page, 400),
  };
}

/** Of a filter's own schema what callers need; the pattern of a time says less than its format. */
function queryParameter(name: string, schema: Schema): Parameter {
  const { description = "", type, format, minimum, maximum, minLength, maxLength } = schema;
  const shown = { type, enum: schema.enum, format, minimum, maximum, minLength, maxLength };
  const given = Object.entries({ ...shown, default: schema.default }).filter(
    ([, value]) => value !== undefined,
  );
  return { name, in: "query", required: false, description, schema: Object.fromEntries(given) };
}

export function pathParameter(name: string, description: string): Parameter {
  return { name, in: "path", required: true, description, schema: text() };
}
