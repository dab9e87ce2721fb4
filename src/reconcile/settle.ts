import type { Database } from "../db/database.ts";
import type { AnyEvent, Change, EventType } from "../sdk/booking-event.ts";
import type { DeliveryState } from "../inbox/inbox-store.ts";
import type { Cause } from "./difference.ts";
import type { DifferenceStore, Ending } from "./difference-store.ts";

/** A delivery that was made because of a list, and what became of it. */
interface EndedDelivery {
  position: number;
  state: Exclude<DeliveryState, "waiting">;
  events: readonly Pick<AnyEvent, "type" | "origin" | "changes">[];
}

export interface Settled {
  /** Positions that are not done with. */
  waiting: number[];
  failed: number;
}

interface Row {
  position: number;
  state: DeliveryState;
  event_ids: Buffer | null;
}

/** Follows what lists led to: ends the differences whose deliveries have ended. */
export class Settlement {
  readonly #db: Database;
  readonly #differences: DifferenceStore;
  readonly #announced: ReadonlySet<EventType>;

  /** @param announced What the source calls for. */
  constructor(db: Database, differences: DifferenceStore, announced: readonly EventType[]) {
    this.#db = db;
    this.#differences = differences;
    this.#announced = new Set(announced);
  }

  async settle(positions: readonly number[], now: number): Promise<Settled> {
    if (positions.length === 0) return { waiting: [], failed: 0 };
    const rows: Row[] = await this.#db
      .knex("deliveries")
      .whereIn("position", [...positions])
      .select("position", "state", "event_ids");
    const waiting = rows.filter(({ state }) => state === "waiting").map(({ position }) => position);
    const ended = await this.#withEvents(rows.filter(({ state }) => state !== "waiting"));
    await this.#differences.end(
      ended.map((delivery) => this.#endingOf(delivery)),
      now,
    );
    return { waiting, failed: ended.filter(({ state }) => isFailure(state)).length };
  }

  async #withEvents(rows: readonly Row[]): Promise<EndedDelivery[]> {
    const idsOf = ({ event_ids: ids }: Row) =>
      ids === null ? [] : (JSON.parse(ids.toString("utf8")) as string[]);
    const stored: { id: string; payload: Buffer }[] = await this.#db
      .knex("events")
      .whereIn("id", rows.flatMap(idsOf))
      .select("id", "payload");
    const events = new Map(
      stored.map(({ id, payload }) => [id, JSON.parse(payload.toString("utf8")) as AnyEvent]),
    );
    return rows.map((row) => ({
      position: row.position,
      state: row.state as EndedDelivery["state"],
      events: idsOf(row).flatMap((id) => events.get(id) ?? []),
    }));
  }

  #endingOf({ position: delivery, state, events }: EndedDelivery): Ending {
    if (isFailure(state)) return { delivery, state: "open", cause: "failed" };
    if (events.length === 0) return { delivery, state: "unfounded" };
    if (events.every(({ origin }) => origin === "adopted")) return { delivery, state: "adopted" };
    const changes = changesOf(events);
    return {
      delivery,
      state: "repaired",
      cause: this.#causeOf(events),
      ...(changes.length > 0 && { changes }),
    };
  }

  #causeOf(events: EndedDelivery["events"]): Cause {
    return events.some(({ type }) => this.#announced.has(type)) ? "lost" : "unannounced";
  }
}

/** The events of one look all tell the same changes. */
function changesOf(events: EndedDelivery["events"]): readonly Change[] {
  return events.find(({ changes }) => changes.length > 0)?.changes ?? [];
}

function isFailure(state: DeliveryState): boolean {
  return state === "failed" || state === "held";
}
