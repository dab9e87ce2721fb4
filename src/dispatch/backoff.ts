/** The first retry comes within this time. */
const FIRST_MS = 4_000;
const LONGEST_MS = 15 * 60_000;
/** Whatever the dice say: what has just failed is not asked again at once. */
const SHORTEST_MS = 250;

/**
 * How long to wait before the next attempt: exponential with full jitter, that is anything up to a
 * ceiling that doubles, so that jobs that failed together do not come back together.
 *
 * @param attempt The attempt that failed, from 1.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.max(SHORTEST_MS, Math.round(ceiling * random()));
}
