import type { ListedBooking, ListPage, ListQuestion, TimeWindow } from "#sdk";

import { withLearned } from "../calibration.ts";
import { looksCutOff, ofSite, pageParameter, readRows, referenceIn, word } from "./rows.ts";
import type { ListContext } from "./rows.ts";
import { latestInstant, onSiteClock } from "./windows.ts";

/**
 * The log of what was done to reservations (`get_reservation_actions`), every type of it: also a
 * conflict that came or went, and "other", changed something.
 */
export async function readActions(
  { window, page }: ListQuestion<TimeWindow>,
  context: ListContext,
): Promise<ListPage> {
  const parameters = { ...onSiteClock(window, context.config), ...pageParameter(page) };
  const rows = await readRows("get_reservation_actions", parameters, context);
  const config = withLearned(context.config, context.learned);
  // Several things may have happened to one reservation: the newest time counts.
  const newest = new Map<string, number>();
  for (const row of ofSite(rows, config)) {
    const reference = referenceIn(row);
    if (reference === undefined) continue;
    // Without a time it must be looked at, whoever has looked before.
    const at = latestInstant(word(row, "time") ?? "", config) ?? Infinity;
    newest.set(reference, Math.max(newest.get(reference) ?? 0, at));
  }
  const bookings = [...newest].map(([reference, at]): ListedBooking => ({
    reference,
    fetch: {},
    ...(at !== Infinity && { changedAt: at }),
  }));
  return { bookings, isLast: !looksCutOff(rows) };
}
