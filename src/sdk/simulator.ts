import type { BookingStatus } from "./booking.ts";
import type { Money } from "./money.ts";

/** A call that a booking system makes to Bellhop. */
export interface SimulatedCall {
  /** Bookings with the same name keep their order when calls are mixed. */
  about: string;
  method: "GET" | "POST";
  /** Raw query string without question mark; empty for none. */
  query: string;
  contentType?: string;
  body?: Buffer;
  /** What it stands for, for people: `booking 1201: new_confirmed_web`. */
  label: string;
}

export interface SimulatedRequest {
  method: string;
  /** Path and query as sent. */
  url: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

export interface SimulatedAnswer {
  status: number;
  headers?: Record<string, string>;
  body: string;
}

/** A booking as it really is in the simulated system, to compare with. */
export interface SimulatedTruth {
  reference: string;
  status: BookingStatus;
  /** `YYYY-MM-DD` of the first day. */
  startsOn: string;
  total: Money;
  paid: Money;
}

export interface SimulatedSystem {
  /** Names of the stories of a booking's life that it can play. */
  readonly stories: readonly string[];
  /**
   * Plays a story up to its next notification.
   *
   * @returns the calls in order. The state that the API shows moves on as each call is taken.
   */
  play(story: string): Iterable<SimulatedCall>;
  /** Answers a call to the system's API. */
  answer(request: SimulatedRequest): SimulatedAnswer;
  /** Makes bookings of the past weeks, for days to come and a few for days gone by, untold. */
  populate?(count: number): void;
  /** Lets staff change something that no call tells. @returns what; undefined: nothing to change. */
  changeSilently?(): string | undefined;
  /** All bookings as they are now. Those that were deleted are not there. */
  truth?(): Iterable<SimulatedTruth>;
  /** Calls to the API so far, by what they asked for, such as `show`; `refused` were too many. */
  readonly calls?: ReadonlyMap<string, number>;
}

export interface SimulatorOptions {
  /** The same seed plays the same bookings. */
  seed: number;
  /** UTC milliseconds: "today" of the simulated system when it begins. */
  now: number;
  /** The system's clock, UTC milliseconds. Defaults to the real one. */
  clock?: () => number;
  /** Calls to the API in an hour, before it refuses more. */
  hourlyLimit?: number;
  /** For so long the API still shows a booking as it was before its last change. */
  lagMs?: number;
  /** Lists whose rows move from page to page while they are read. */
  hasMovingRows?: boolean;
}

export interface Simulator {
  /** Settings of a connection that talks to the simulated system at `apiBaseUrl`. */
  settings(apiBaseUrl: string): Record<string, unknown>;
  create(options: SimulatorOptions): SimulatedSystem;
}
