/** The first retry comes within this time. */
const FIRST_MS = 4_000;
const LONGEST_MS = 15 * 60_000;

/**
 * How long to wait before the next attempt: exponential with full jitter, so that jobs that failed
 * together do not come back together.
 *
 * @param attempt The attempt that failed, from 1.
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.round(ceiling * (0.1 + 0.9 * random()));
}
