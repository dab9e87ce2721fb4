import type { ReservationStore } from "./reservation-store.ts";
import type { Closures } from "./closures.ts";

/** What the simulated API knows. */
export interface ApiState {
  store: ReservationStore;
  closures: Closures;
  /** URLs by event. */
  callbacks: Map<string, readonly string[]>;
  /** UTC milliseconds: the system's clock. */
  now(): number;
  /** By how many rows the beginning of a page has moved since the page before it was read. */
  rowsMoved(): number;
}

export type Method = (parameters: URLSearchParams, state: ApiState) => Outcome;

export interface Outcome {
  code: number;
  message: string;
  data?: unknown;
}

export function success(name: string, data: unknown): Outcome {
  return { code: 0, message: `Method ${name} executed successfully.`, data };
}

export function invalid(name: string): Outcome {
  return { code: 3, message: `Invalid input data: ${name}` };
}
