import { isLosslessNumber, parse, stringify } from "lossless-json";

import { messageOf, parseForm, PermanentError, type Delivery } from "#sdk";

import { Fields, type FieldValues } from "./fields.ts";

const MAX_DEPTH = 8;
/** Asks Planyo for a JSON body (Planyo FAQ 222). It belongs to the address, not to the message. */
const BODY_FORMAT = "ppp_payload";

/**
 * Reads the fields of a notification. The body decides what it is: Planyo's Content-Type is not
 * documented. A body counts alone: the query of a POST is the operator's own address.
 *
 * @throws PermanentError when the body is empty or cannot be read.
 */
export function readFields({ method, query, body }: Delivery): Fields {
  const text = body.toString("utf8").trim(); // also takes a byte order mark away
  if (method === "GET" || text === "") return fromQuery(query);
  return text.startsWith("{") || text.startsWith("[") ? fromJson(text) : fromForm(text);
}

/** So that an operator can try the address in a browser. */
function fromQuery(query: string): Fields {
  const fields = fromForm(query, [BODY_FORMAT]);
  const isNotification = fields.has("notification_type") || fields.has("reservation");
  if (!isNotification) throw new PermanentError("incomplete: empty body");
  return fields;
}

function fromForm(text: string, without: readonly string[] = []): Fields {
  const form = parseForm(text);
  const names = form.names.filter((name) => !without.includes(name));
  return new Fields(new Map(names.map((name) => [name, form.all(name)])), form.conflicts);
}

function fromJson(text: string): Fields {
  const conflicts = new Set<string>();
  const value = parseJson(text, (name) => conflicts.add(name));
  if (!isObject(value)) throw new PermanentError("unreadable: a JSON list, not an object");
  if (isDeeperThan(value, MAX_DEPTH)) throw new PermanentError("unreadable: nested too deeply");
  const entries = Object.entries(value).map(([name, inner]) => [name, valuesOf(inner)] as const);
  return new Fields(new Map(entries), [...conflicts]);
}

function parseJson(text: string, onConflict: (name: string) => void): unknown {
  try {
    return parse(text, undefined, {
      onDuplicateKey: ({ key, oldValue }) => {
        onConflict(key);
        return oldValue; // the first counts, as with forms
      },
    });
  } catch (cause) {
    // Cut off, not JSON, or nested beyond the stack. The parser quotes no more than one character.
    throw new PermanentError(`unreadable: ${messageOf(cause)}`, { cause });
  }
}

function valuesOf(value: unknown): FieldValues {
  if (value === null) return null;
  return Array.isArray(value) ? value.map(textOf) : [textOf(value)];
}

/** Numbers keep the digits they were written with; what is nested stays JSON. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "true" : "false";
  if (isLosslessNumber(value)) return value.toString();
  return value === null ? "" : (stringify(value) ?? "");
}

/** True for JSON objects; a number that kept its digits is none. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  const isComposite = typeof value === "object" && value !== null && !Array.isArray(value);
  return isComposite && !isLosslessNumber(value);
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null || isLosslessNumber(value)) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
