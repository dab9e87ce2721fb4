const HOUR_MS = 60 * 60_000;

/** Fewer in an hour are nobody's sign: scanners and old bookmarks exist. */
const MANY = 10;
const TIMES_USUAL = 3;
const USUAL_HOURS = 7 * 24;
/** Fewer than this in this and the hour before: it has become quiet. */
const NOT_QUIET = 3;

/** An incident that lasts is compared with the week before it began, this long. */
const COMPARED_HOURS = 28 * 24;

/** The first hour that `rejectedJump` may ask for. */
export function firstRejectedHour(now: number): number {
  return Math.floor(now / HOUR_MS) - COMPARED_HOURS;
}

/**
 * Calls with a wrong token in this clock hour and the one before, when they are a jump: many, and
 * three times as many as in two average hours of the week before. A jump that is known already
 * lasts until an hour has been quiet, and is compared with the week before it: it never becomes
 * usual by itself.
 *
 * @param openedAt When the jump was noticed, if it was.
 * @returns undefined when there is none.
 */
export function rejectedJump(
  hours: ReadonlyMap<number, number>,
  now: number,
  openedAt?: number,
): number | undefined {
  const hour = Math.floor(now / HOUR_MS);
  const recent = rejectedBetween(hours, hour - 1, hour);
  const before = Math.min(hour, Math.floor((openedAt ?? now) / HOUR_MS)) - 2;
  const usual = (2 * rejectedBetween(hours, before - USUAL_HOURS + 1, before)) / USUAL_HOURS;
  const isJump =
    openedAt === undefined
      ? recent >= MANY && recent >= TIMES_USUAL * usual
      : recent >= NOT_QUIET && recent > usual;
  return isJump ? recent : undefined;
}

/** Calls with a wrong token since a moment, by whole hours. */
export function rejectedSince(hours: ReadonlyMap<number, number>, since: number): number {
  return rejectedBetween(hours, Math.floor(since / HOUR_MS), Infinity);
}

function rejectedBetween(hours: ReadonlyMap<number, number>, first: number, last: number): number {
  let calls = 0;
  for (const [hour, count] of hours) if (hour >= first && hour <= last) calls += count;
  return calls;
}
