import { setTimeout as sleep } from "node:timers/promises";

import type { BookingState, BookingSystem } from "./booking-system.ts";
import type { Random } from "./random.ts";

/** One call to a receiver and what came of it. */
export interface Call {
  /** Its name in the store: the query says `call=<number>`. */
  number: number;
  connection: "fetched" | "payload";
  reference: string;
  sequence: number;
  /** `unknown`: the connection broke, it may be stored. `refused`: answered, but not 200. */
  outcome: "acknowledged" | "unknown" | "refused" | "nobody there";
}

export const CONNECTIONS = ["fetched", "payload"] as const;
export const TOKEN = "chaos-token-0123456789abcdef";

const BOOKINGS_AT_A_TIME = 30;
const CHANGES_OF_A_BOOKING = 12;
const COPIES = 64;
const BURST = 80;
const TIMEOUT_MS = 15_000;
/** As real sources do, or not: some repeat what was not answered 200, some never do. */
const REPEAT_CHANCE = 0.6;

interface Live {
  connection: Call["connection"];
  state: BookingState;
}

/** Plays two booking systems: one that says "look", one whose calls are all there is. */
export class Load {
  readonly calls: Call[] = [];
  readonly counts = { bursts: 0, copies: 0, late: 0, repeats: 0 };
  readonly #receivers: readonly string[];
  readonly #system: BookingSystem;
  readonly #random: Random;
  readonly #live: Live[] = [];
  readonly #sending = new Set<Promise<void>>();
  #made = 0;
  #isStopping = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(receivers: readonly string[], system: BookingSystem, random: Random) {
    this.#receivers = receivers;
    this.#system = system;
    this.#random = random;
  }

  /** Holds back while the backlog is full. */
  start(rate: number, backlog: { readonly isFull: boolean }): void {
    this.#loop = this.#run(1000 / rate, backlog);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#loop;
    while (this.#sending.size > 0) await Promise.all(this.#sending);
  }

  async #run(paceMs: number, backlog: { readonly isFull: boolean }): Promise<void> {
    while (!this.#isStopping) {
      if (!backlog.isFull) this.#step();
      await sleep(this.#random.between(0, 2 * paceMs));
    }
  }

  #step(): void {
    const random = this.#random;
    if (random.happens(0.004)) {
      this.counts.bursts += 1;
      for (let count = 0; count < BURST; count += 1) this.#change();
    } else if (random.happens(0.006)) {
      this.counts.copies += 1;
      this.#change(COPIES);
    } else {
      this.#change();
    }
  }

  /** Something happens to a booking, and its system calls. */
  #change(copies = 1): void {
    const random = this.#random;
    const { connection, state } = this.#next();
    const { reference, sequence } = state;
    const event = eventOf(state);
    const body = JSON.stringify({ event, ...state });
    // A later call of the same booking may well arrive first.
    const isLate = random.happens(0.1);
    if (isLate) this.counts.late += 1;
    const delayMs = isLate ? random.between(20, 500) : 0;
    for (let copy = 0; copy < copies; copy += 1) {
      this.#track(this.#send({ connection, reference, sequence }, body, delayMs));
    }
  }

  #next(): Live {
    const index = Math.floor(this.#random.next() * BOOKINGS_AT_A_TIME);
    const live = this.#live[index];
    if (!live || live.state.sequence >= CHANGES_OF_A_BOOKING) return this.#newBooking(index);
    live.state = { ...live.state, sequence: live.state.sequence + 1, status: this.#status(live) };
    this.#show(live);
    return live;
  }

  #newBooking(index: number): Live {
    this.#made += 1;
    const connection = this.#random.pick(CONNECTIONS);
    const reference = `${connection === "fetched" ? "F" : "P"}${this.#made}`;
    const live: Live = { connection, state: { reference, sequence: 1, status: "requested" } };
    this.#live[index] = live;
    this.#show(live);
    return live;
  }

  /** The system knows before it calls. */
  #show({ connection, state }: Live): void {
    if (connection === "fetched") this.#system.bookings.set(state.reference, state);
  }

  #status({ state }: Live): BookingState["status"] {
    if (state.sequence === 1) return "confirmed";
    const isLast = state.sequence === CHANGES_OF_A_BOOKING - 1;
    return isLast && this.#random.happens(0.5) ? "cancelled" : state.status;
  }

  #track(work: Promise<void>): void {
    this.#sending.add(work);
    void work.finally(() => this.#sending.delete(work));
  }

  async #send(
    what: Pick<Call, "connection" | "reference" | "sequence">,
    body: string,
    delayMs: number,
  ): Promise<void> {
    await sleep(delayMs);
    for (let attempt = 1; ; attempt += 1) {
      const number = this.calls.length + 1;
      const call: Call = { number, ...what, outcome: "unknown" };
      this.calls.push(call);
      call.outcome = await this.#post(call, body);
      const isOver = this.#isStopping || attempt === 5 || call.outcome === "acknowledged";
      if (isOver || !this.#random.happens(REPEAT_CHANCE)) return;
      this.counts.repeats += 1;
      await sleep(this.#random.between(200, 1_500));
    }
  }

  /** As behind a balancer: where nobody listens, the other receiver is tried at once. */
  async #post({ connection, number }: Call, body: string): Promise<Call["outcome"]> {
    let outcome: Call["outcome"] = "nobody there";
    for (const receiver of this.#random.shuffled(this.#receivers)) {
      outcome = await post(`${receiver}/hooks/${connection}/${TOKEN}?call=${number}`, body);
      if (outcome !== "nobody there") break;
    }
    return outcome;
  }
}

async function post(url: string, body: string): Promise<Call["outcome"]> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(url, { method: "POST", body, signal });
    await answer.arrayBuffer().catch(() => undefined);
    return answer.status === 200 ? "acknowledged" : "refused";
  } catch (error) {
    const code = (error as { cause?: { code?: unknown } }).cause?.code;
    return code === "ECONNREFUSED" ? "nobody there" : "unknown";
  }
}

function eventOf({ sequence, status }: BookingState): string {
  if (sequence === 1) return "requested";
  if (sequence === 2) return "confirmed";
  return status === "cancelled" ? "cancelled" : "changed";
}
