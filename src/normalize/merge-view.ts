import type { BookingFields, BookingView } from "../sdk/booking.ts";
import type { Money } from "../sdk/money.ts";
import type { LocalMoment } from "../sdk/time.ts";

type Fields = Record<string, unknown>;

/** Values that have no parts of their own: a view shows them whole or not at all. */
const WHOLE = new Set(["custom", "payments", "tickets", "answers", "links"]);

/**
 * The booking as it is after one look at it. What the look did not carry keeps its known value;
 * what it showed empty is gone.
 */
export function mergeView(
  known: BookingFields | undefined,
  view: BookingView,
): Partial<BookingFields> {
  return mergeFields({ ...known }, view);
}

function mergeFields(known: Fields, view: object): Fields {
  const merged = { ...known };
  for (const [key, shown] of Object.entries(view) as [string, unknown][]) {
    if (shown === undefined) continue;
    const value = mergeValue(key, known[key], shown);
    if (value === undefined) Reflect.deleteProperty(merged, key);
    else merged[key] = value;
  }
  return merged;
}

function mergeValue(key: string, known: unknown, shown: unknown): unknown {
  if (shown === null) return undefined;
  if (Array.isArray(shown)) {
    return !WHOLE.has(key) && shown.every(hasId) ? mergeList(known, shown) : shown;
  }
  if (WHOLE.has(key) || !isFields(shown) || isAtom(shown)) return shown;
  const merged = mergeFields(isFields(known) ? known : {}, shown);
  return Object.keys(merged).length === 0 ? undefined : merged;
}

/** Items keep the order of the look; each takes what the look left out from its known self. */
function mergeList(known: unknown, shown: readonly { id: string }[]): Fields[] {
  const before = new Map(
    (Array.isArray(known) ? known.filter(hasId) : []).map((item) => [item.id, item]),
  );
  return shown.map((item) => mergeFields((before.get(item.id) ?? {}) as Fields, item));
}

/**
 * Money and local moments: their parts mean nothing apart. Never ask it about a map that guests
 * name the keys of.
 */
export function isAtom(value: unknown): value is Money | LocalMoment {
  return isMoney(value) || isMoment(value);
}

export function isMoney(value: unknown): value is Money {
  return isFields(value) && typeof value["amountMinor"] === "number";
}

export function isMoment(value: unknown): value is LocalMoment {
  return (
    isFields(value) && typeof value["date"] === "string" && typeof value["timeZone"] === "string"
  );
}

function hasId(value: unknown): value is { id: string } {
  return isFields(value) && typeof value["id"] === "string";
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
