import type { Database } from "../db/database.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import type { Clock } from "../sdk/context.ts";
import type { Mode } from "../settings/config-schema.ts";
import type { TableEntry } from "./handler-table.ts";

/** The value of a fact while its place is in shadow; afterwards the moment it went live. */
const IN_SHADOW = "shadow";

export interface ShadowParts {
  db: Database;
  facts: FactStore;
  clock: Clock;
  connections: ReadonlyMap<string, Mode>;
  instances: ReadonlyMap<string, Mode>;
}

/**
 * Which jobs only say what they would do. What happened before a connection or an instance went live
 * stays in shadow for good, although its job may run later: only news is acted on.
 */
export class Shadow {
  readonly #parts: ShadowParts;
  /** UTC milliseconds by place. */
  readonly #liveSince = new Map<string, number>();

  constructor(parts: ShadowParts) {
    this.#parts = parts;
  }

  /** Remembers what is in shadow now, and what is no more. */
  async start(): Promise<void> {
    const { connections, instances } = this.#parts;
    for (const [id, mode] of connections) await this.#look(placeOf("connections", id), mode);
    for (const [id, mode] of instances) await this.#look(placeOf("integrations", id), mode);
  }

  covers({ instance }: Pick<TableEntry, "instance">, event: Pick<AnyEvent, "connection" | "time">) {
    const { connections, instances } = this.#parts;
    const { connection, time } = event;
    if (connections.get(connection) === "shadow" || instances.get(instance) === "shadow") {
      return true;
    }
    const liveSince = Math.max(
      this.#liveSince.get(placeOf("connections", connection)) ?? 0,
      this.#liveSince.get(placeOf("integrations", instance)) ?? 0,
    );
    return Date.parse(time) < liveSince;
  }

  async #look(place: string, mode: Mode): Promise<void> {
    const { db, facts, clock } = this.#parts;
    const name = `mode:${place}`;
    const before = await facts.get(name);
    if (mode === "shadow") {
      if (before !== IN_SHADOW) await facts.put(db.knex, name, IN_SHADOW);
      return;
    }
    if (before === IN_SHADOW) {
      const now = new Date(clock.now()).toISOString();
      // Of several processes that start at once the first one's moment holds.
      await db.transaction((trx) => facts.replace(name, before, now, trx));
    }
    const liveSince = Date.parse((await facts.get(name)) ?? "");
    if (!Number.isNaN(liveSince)) this.#liveSince.set(place, liveSince);
  }
}

function placeOf(kind: "connections" | "integrations", id: string): string {
  return `${kind}.${id}`;
}
