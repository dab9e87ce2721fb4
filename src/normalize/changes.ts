import { isDeepStrictEqual } from "node:util";

import type { BookingFields } from "../sdk/booking.ts";
import type { Change, SubjectRecord } from "../sdk/booking-event.ts";
import { isAtom } from "./merge-view.ts";

/** Fields that move whenever the source saves a booking, or that only repeat others. */
export const NEVER_COMPARED: ReadonlySet<string> = new Set(["updatedAt", "voucherUrl"]);

/** The fields that differ, in the order of the booking's shape. */
export function changesBetween(
  before: Partial<BookingFields>,
  after: Partial<BookingFields>,
): Change[] {
  return [...differences("", before, after)];
}

/** The same for a coupon, a resource, a closure, a customer. */
export function recordChanges(before: SubjectRecord, after: SubjectRecord): Change[] {
  return [...differences("", before, after)];
}

function* differences(path: string, before: object, after: object): Generator<Change> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const name of names) {
    if (path === "" && NEVER_COMPARED.has(name)) continue;
    const here = path === "" ? name : `${path}.${name}`;
    yield* differenceAt(here, valueOf(before, name), valueOf(after, name));
  }
}

function* differenceAt(path: string, before: unknown, after: unknown): Generator<Change> {
  if (isDeepStrictEqual(before, after)) return;
  if (isListOfItems(before) && isListOfItems(after)) {
    yield* itemDifferences(path, before, after);
  } else if (isGroup(path, before) && isGroup(path, after)) {
    yield* differences(path, before, after);
  } else {
    yield { path, before: before ?? null, after: after ?? null };
  }
}

/** Items are matched by id: an order that differs is no change. */
function* itemDifferences(
  path: string,
  before: readonly Item[],
  after: readonly Item[],
): Generator<Change> {
  const earlier = new Map(before.map((item) => [item.id, item]));
  const later = new Map(after.map((item) => [item.id, item]));
  for (const id of new Set([...earlier.keys(), ...later.keys()])) {
    yield* differenceAt(`${path}[${id}]`, earlier.get(id), later.get(id));
  }
}

interface Item {
  id: string;
}

function isListOfItems(value: unknown): value is Item[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => isObject(item) && typeof valueOf(item, "id") === "string")
  );
}

/** Has parts that are compared one by one. Form items always are, whatever guests call them. */
function isGroup(path: string, value: unknown): value is object {
  return isObject(value) && (isCustom(path) || !isAtom(value));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a path is that of a map of form items: `custom`, `customer.custom`. */
export function isCustom(path: string): boolean {
  return /(^|\.)custom$/.test(path);
}

function valueOf(object: object, name: string): unknown {
  return (object as Record<string, unknown>)[name];
}
