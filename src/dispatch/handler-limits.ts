import type { Ownership } from "../db/ownership.ts";
import type { HandlerLimit } from "../sdk/integration.ts";
import type { HandlerTable, TableEntry } from "./handler-table.ts";
import type { LaneStore } from "./lane-store.ts";

const MINUTE_MS = 60_000;
/** Burst and refill together stay below the limit in any minute. */
const BURST_SHARE = 1 / 4;

/**
 * Limits that hold for the whole installation. A handler that has one takes jobs only in the process
 * that owns `handler:<id>`; how many it has begun lately is in that process's memory.
 */
export class HandlerLimits {
  readonly #lanes: LaneStore;
  /** Paces of the limited handlers that this process owns. */
  readonly #owned = new Map<string, Pace>();

  constructor(handlers: Pick<HandlerTable, "entries">, ownership: Ownership, lanes: LaneStore) {
    this.#lanes = lanes;
    for (const { id, handler } of handlers.entries.values()) {
      const { limit } = handler;
      if (!limit) continue;
      ownership.add(`handler:${id}`, {
        begin: () => this.#owned.set(id, new Pace(limit)),
        // What still runs here holds its lane, and whoever owns the handler next counts it.
        end: () => Promise.resolve(void this.#owned.delete(id)),
      });
    }
  }

  /** How many jobs a handler may begin now that has room for so many. */
  async roomFor({ id, handler }: TableEntry, room: number): Promise<number> {
    if (!handler.limit || room <= 0) return room;
    const pace = this.#owned.get(id);
    if (!pace) return 0;
    const atPace = Math.min(room, pace.allowed());
    const { atOnce } = handler.limit;
    if (atOnce === undefined || atPace <= 0) return atPace;
    return Math.min(atPace, atOnce - (await this.#lanes.countLeased(id)));
  }

  noteBegun(handler: string, count: number): void {
    this.#owned.get(handler)?.take(count);
  }
}

/** So many a minute, spread out. Starts slowly: the owner before may just have used it up. */
class Pace {
  readonly #perMinute: number;
  readonly #capacity: number;
  #tokens = 1;
  #filledAtMs = performance.now();

  constructor({ perMinute = Infinity }: HandlerLimit) {
    this.#perMinute = perMinute;
    this.#capacity = Math.max(1, Math.floor(perMinute * BURST_SHARE));
  }

  allowed(): number {
    if (this.#perMinute === Infinity) return Infinity;
    const nowMs = performance.now();
    const refill = Math.max(this.#perMinute - this.#capacity, this.#perMinute / 2) / MINUTE_MS;
    this.#tokens = Math.min(this.#capacity, this.#tokens + (nowMs - this.#filledAtMs) * refill);
    this.#filledAtMs = nowMs;
    return Math.floor(this.#tokens);
  }

  take(count: number): void {
    this.#tokens -= count;
  }
}
