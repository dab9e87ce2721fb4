/** So many bookings in a row must fail before all others are made to wait. */
const FAILURES_TO_OPEN = 5;
const FIRST_MS = 30_000;
const LONGEST_MS = 15 * 60_000;

/**
 * Notices that the other side is down and not one booking: failures of a handler over different
 * lanes with no success between. In the memory of each process; what follows is for all.
 */
export class Breaker {
  /** Lanes that failed since the last success, by handler. */
  readonly #failing = new Map<string, Set<number>>();

  /** @returns true when it is time to stop trying. */
  failed(handler: string, laneId: number): boolean {
    const lanes = this.#failing.get(handler) ?? new Set();
    this.#failing.set(handler, lanes.add(laneId));
    if (lanes.size < FAILURES_TO_OPEN) return false;
    this.#failing.delete(handler);
    return true;
  }

  succeeded(handler: string): void {
    this.#failing.delete(handler);
  }
}

/** How long nobody tries. @param tries How often in a row it has opened, from 1. */
export function openMs(tries: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 20));
}

/** Says to a person what failed and when it is tried again. */
export function openReason(why: string, tries: number, nowMs: number): string {
  const nextAt = new Date(nowMs + openMs(tries)).toISOString().slice(11, 19);
  const what =
    tries === 1
      ? `${FAILURES_TO_OPEN} bookings in a row failed`
      : `it fails again (${tries} times)`;
  return `${what}, one tries next at ${nextAt} UTC: ${why}`;
}
