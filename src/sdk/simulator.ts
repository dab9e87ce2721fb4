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
}

export interface SimulatorOptions {
  /** The same seed plays the same bookings. */
  seed: number;
  /** UTC milliseconds: "today" of the simulated system. */
  now: number;
}

export interface Simulator {
  /** Settings of a connection that talks to the simulated system at `apiBaseUrl`. */
  settings(apiBaseUrl: string): Record<string, unknown>;
  create(options: SimulatorOptions): SimulatedSystem;
}
