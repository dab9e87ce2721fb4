import type { BookingFields } from "../sdk/booking.ts";
import type { Change } from "../sdk/booking-event.ts";
import { NEVER_COMPARED } from "./changes.ts";
import type { BookingLook } from "./look.ts";
import { isAtom } from "./merge-view.ts";

/** Ways of looking at a booking. What they carry differs. */
export type LookKind = "fetch" | "payload" | "list";

/** What the looks at a booking have carried so far. */
export interface Carried {
  kinds: readonly LookKind[];
  /** `notes`, `totals.paid`, `customer.email`. */
  paths: readonly string[];
}

/** @returns the same object when the look adds nothing. */
export function carriedWith(
  known: { carried?: Carried; booking?: BookingFields },
  { view, isFetched }: Pick<BookingLook, "view" | "isFetched">,
): Carried {
  // Of a booking that was stored without them, what it has was carried.
  const carried = known.carried ?? { kinds: [], paths: pathsIn("", known.booking ?? {}) };
  if (!view) return carried;
  const paths = pathsIn("", view).filter((path) => !carried.paths.includes(path));
  const kinds = [kindOf(isFetched)].filter((kind) => !carried.kinds.includes(kind));
  if (paths.length + kinds.length === 0) return carried;
  return { kinds: [...carried.kinds, ...kinds], paths: [...carried.paths, ...paths] };
}

/**
 * A booking that is looked at in another way for the first time (it was called in so far, now there
 * is an API key) shows fields that no look had carried: they have not changed today. Between looks
 * of one kind a field that appears is a change.
 */
export function newsAmong(
  changes: readonly Change[],
  carried: Carried | undefined,
  kind: LookKind,
): Change[] {
  if (!carried || carried.kinds.includes(kind)) return [...changes];
  return changes.filter(({ path, before }) => before !== null || isCarried(path, carried.paths));
}

export function kindOf(isFetched: boolean): LookKind {
  return isFetched ? "fetch" : "payload";
}

/** A group that was shown empty was shown with all its parts, one with a part shown was there. */
function isCarried(path: string, paths: readonly string[]): boolean {
  const isWithin = (inner: string, outer: string) =>
    inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
  return paths.some((known) => isWithin(path, known) || isWithin(known, path));
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
