import { vi } from "vitest";

/** Checks until it holds. A loaded machine may take its time; what never holds fails all the same. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000, interval: 20 });
}
