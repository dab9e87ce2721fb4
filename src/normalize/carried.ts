import type { BookingFields, BookingView } from "../sdk/booking.ts";
import type { Change } from "../sdk/booking-event.ts";
import { NEVER_COMPARED } from "./changes.ts";
import { isAtom } from "./merge-view.ts";

/**
 * The paths that looks at a booking have carried so far: `notes`, `totals.paid`, `customer.email`.
 * A field that is first carried today (more permission, an API key) has not changed today.
 */
export type Carried = readonly string[];

export function carriedWith(
  known: { carried?: Carried; booking?: BookingFields },
  view: BookingView | undefined,
): Carried {
  // Of a booking that was stored without them, what it has was carried.
  const carried = known.carried ?? pathsIn("", known.booking ?? {});
  const added = pathsIn("", view ?? {}).filter((path) => !carried.includes(path));
  return added.length === 0 ? carried : [...carried, ...added];
}

/** The changes that are none but in our knowledge are left out. */
export function newsAmong(changes: readonly Change[], carried: Carried | undefined): Change[] {
  if (!carried) return [...changes];
  return changes.filter(({ path, before }) => before !== null || isCarried(path, carried));
}

/** A group that was shown empty was shown with all its parts, one with a part shown was there. */
function isCarried(path: string, carried: Carried): boolean {
  const isWithin = (inner: string, outer: string) =>
    inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
  return carried.some((known) => isWithin(path, known) || isWithin(known, path));
}

function pathsIn(path: string, value: object): string[] {
  return Object.entries(value).flatMap(([name, part]: [string, unknown]) => {
    if (part === undefined || NEVER_COMPARED.has(name)) return [];
    const here = path === "" ? name : `${path}.${name}`;
    const isGroup = typeof part === "object" && part !== null && !Array.isArray(part);
    const isWhole = !isGroup || name === "custom" || isAtom(part);
    return isWhole ? [here] : pathsIn(here, part);
  });
}
