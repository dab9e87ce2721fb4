const HOUR_MS = 60 * 60_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

/** Weeks that a silence is compared with, and how many of them must be known. */
const WEEKS = [1, 2, 3, 4];
const WEEKS_NEEDED = 2;

/** A source that ticks every hour is missed when one tick and half an hour's patience are over. */
const TICK_PATIENCE_MS = HOUR_MS + 30 * 60_000;

/** What is known about the calls of a connection. All times by the database's clock. */
export interface Rhythm {
  now: number;
  /** Since when its calls are counted. */
  knownSince: number;
  /** Since when nothing has come, although somebody was there to take it. */
  silentSince: number;
  /** Calls by whole hour since 1970. */
  hours: ReadonlyMap<number, number>;
}

export interface SilenceRule {
  /** A shorter silence is never one. */
  hours: number;
  /** So many calls came in the same hours of earlier weeks. */
  missedCalls: number;
}

/** The first hour of which `missedCalls` may ask. */
export function firstHourOf(silentSince: number): number {
  return Math.floor((silentSince - WEEKS.length * WEEK_MS) / HOUR_MS);
}

/**
 * How many calls a silence has swallowed, by the same hours of the weeks before: the lower middle
 * of up to four weeks, so that neither one import nor one quiet holiday speaks for all. A shop with
 * three calls a day is missed after a week, one with a hundred an hour after the shortest time.
 *
 * @returns undefined when the silence is nothing unusual, or too little is known yet.
 */
export function missedCalls(rhythm: Rhythm, rule: SilenceRule): number | undefined {
  const { now, silentSince, knownSince, hours } = rhythm;
  if (now - silentSince < rule.hours * HOUR_MS) return undefined;
  const known = WEEKS.map((week) => week * WEEK_MS).filter(
    (ago) => silentSince - ago >= knownSince,
  );
  if (known.length < WEEKS_NEEDED) return undefined;
  const calls = known
    .map((ago) => callsBetween(hours, silentSince - ago, Math.min(now - ago, silentSince)))
    .sort((a, b) => a - b);
  const usual = calls[Math.floor((calls.length - 1) / 2)] ?? 0;
  return usual >= rule.missedCalls ? Math.round(usual) : undefined;
}

/** Calls of a span; of an hour that is only partly in it a part of its calls. */
function callsBetween(hours: ReadonlyMap<number, number>, from: number, to: number): number {
  let calls = 0;
  for (let hour = Math.floor(from / HOUR_MS); hour * HOUR_MS < to; hour += 1) {
    const begin = Math.max(from, hour * HOUR_MS);
    const end = Math.min(to, (hour + 1) * HOUR_MS);
    calls += ((hours.get(hour) ?? 0) * (end - begin)) / HOUR_MS;
  }
  return calls;
}

/** Whether a source that ticks every hour has fallen silent. */
export function isTickMissed(now: number, lastTickAt: number): boolean {
  return now - lastTickAt >= TICK_PATIENCE_MS;
}
