import type { Log } from "../sdk/context.ts";
import { failureName } from "./failure-name.ts";
import type { CommitResult, NormalizeStore, ReadyLook, Unread } from "./normalize-store.ts";
import type { Unit } from "./unit.ts";

/** Deliveries that end together, with what was seen for them. */
export interface Group {
  units: readonly Unit[];
  looks: readonly ReadyLook[];
  unread: readonly Unread[];
}

/** Commits groups in one transaction; when one of them cannot be, all the others all the same. */
export class BatchCommit {
  readonly #connection: string;
  readonly #store: NormalizeStore;
  readonly #log: Log;

  constructor(connection: string, store: NormalizeStore, log: Log) {
    this.#connection = connection;
    this.#store = store;
    this.#log = log;
  }

  /** @throws only when the store is away, or too busy: then nothing of it can be said to be wrong. */
  async commit(groups: readonly Group[], now: number): Promise<CommitResult> {
    try {
      return await this.#commitAll(groups, now);
    } catch (error) {
      if (!this.#store.isFaultOfContent(error)) throw error;
    }
    const results: CommitResult[] = [];
    for (const group of groups.flatMap(singly)) results.push(await this.#commitOne(group, now));
    return sumOf(results);
  }

  async #commitAll(groups: readonly Group[], now: number): Promise<CommitResult> {
    return this.#store.commit(
      this.#connection,
      groups.flatMap(({ looks }) => looks),
      groups.flatMap(({ unread }) => unread),
      now,
    );
  }

  /** The delivery that cannot be compared or written ends as failed: visible, and replayable. */
  async #commitOne(group: Group, now: number): Promise<CommitResult> {
    try {
      return await this.#commitAll([group], now);
    } catch (error) {
      if (!this.#store.isFaultOfContent(error)) throw error;
      const why = failureName(error);
      const unread = group.units.map(({ delivery, parts }) => {
        const { id: deliveryId, position } = delivery;
        const fields = { connection: this.#connection, deliveryId, why };
        this.#log.error(fields, "a delivery could not be compared or stored");
        const subject = parts[0]?.subject;
        const reason = `could not be compared or stored (${why})`;
        return { position, state: "failed" as const, reason, ...(subject && { subject }) };
      });
      return this.#commitAll([{ ...group, looks: [], unread }], now);
    }
  }
}

/** One group for each delivery, in order of arrival. */
function singly({ units, looks, unread }: Group): Group[] {
  return units
    .toSorted((a, b) => a.delivery.position - b.delivery.position)
    .map((unit) => {
      const { position } = unit.delivery;
      return {
        units: [unit],
        looks: looks.flatMap((ready) => forDelivery(ready, position)),
        unread: unread.filter((one) => one.position === position),
      };
    });
}

function forDelivery(ready: ReadyLook, position: number): ReadyLook[] {
  if (ready.kind !== "booking") return ready.look.call.position === position ? [ready] : [];
  const calls = ready.look.calls.filter((call) => call.position === position);
  return calls.length === 0 ? [] : [{ ...ready, look: { ...ready.look, calls } }];
}

function sumOf(results: readonly CommitResult[]): CommitResult {
  return results.reduce(
    (sum, { again, events, jobs, finished }) => ({
      again: [...sum.again, ...again],
      events: sum.events + events,
      jobs: sum.jobs + jobs,
      finished: sum.finished + finished,
    }),
    { again: [], events: 0, jobs: 0, finished: 0 },
  );
}
