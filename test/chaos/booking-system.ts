import { setTimeout as sleep } from "node:timers/promises";

import { listenOnLoopback, type LoopbackServer } from "./loopback.ts";
import type { Random } from "./random.ts";

export interface BookingState {
  reference: string;
  sequence: number;
  status: "requested" | "confirmed" | "cancelled";
}

/** Holds the true state of its bookings and shows it to whoever asks. Slow and failing at times. */
export class BookingSystem {
  readonly bookings = new Map<string, BookingState>();
  /** Share of questions that fail or wait. */
  trouble = 0;
  readonly #random: Random;
  #server: LoopbackServer | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  async start(): Promise<string> {
    this.#server = await listenOnLoopback((request, response) => {
      const reference = decodeURIComponent((request.url ?? "").replace("/bookings/", ""));
      void this.#trouble().then((status) => {
        const booking = this.bookings.get(reference);
        const found = booking ? 200 : 404;
        response.writeHead(status ?? found).end(JSON.stringify(booking ?? {}));
      });
    });
    return this.#server.url;
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }

  async #trouble(): Promise<number | undefined> {
    if (!this.#random.happens(this.trouble)) return undefined;
    if (this.#random.happens(0.3)) return 500;
    await sleep(this.#random.between(50, 500));
    return undefined;
  }
}
