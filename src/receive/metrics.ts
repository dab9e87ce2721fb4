import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

import type { Spool } from "../spool/spool.ts";
import type { ReceiveStats } from "./receive-stats.ts";

/** What `/metrics` tells about this process. */
export class Metrics {
  readonly registry = new Registry();
  readonly #commitSeconds: Histogram;
  readonly #commitRows: Histogram;
  readonly #normalized: Counter;
  readonly #events: Counter;
  readonly #attempts: Counter;

  constructor(stats: ReceiveStats, spool?: Spool) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    if (spool) registerSpool(this.registry, spool);
    new Gauge({
      name: "bellhop_deliveries_accepted",
      help: "Requests stored and answered 200 since the start, by connection",
      labelNames: ["connection"],
      registers,
      collect() {
        for (const [connection, count] of stats.accepted) this.set({ connection }, count);
      },
    });
    new Gauge({
      name: "bellhop_deliveries_refused",
      help: "Requests not stored since the start, by HTTP status",
      labelNames: ["status"],
      registers,
      collect() {
        for (const [status, count] of stats.refused) this.set({ status: String(status) }, count);
      },
    });
    this.#commitSeconds = new Histogram({
      name: "bellhop_inbox_commit_seconds",
      help: "Duration of a group commit of the inbox",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
      registers,
    });
    this.#commitRows = new Histogram({
      name: "bellhop_inbox_commit_rows",
      help: "Requests that shared a commit",
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    });
    this.#normalized = new Counter({
      name: "bellhop_deliveries_normalized_total",
      help: "Deliveries that came to an end, by connection",
      labelNames: ["connection"],
      registers,
    });
    this.#events = new Counter({
      name: "bellhop_events_total",
      help: "Events that deliveries led to, by connection",
      labelNames: ["connection"],
      registers,
    });
    this.#attempts = new Counter({
      name: "bellhop_attempts_total",
      help: "Attempts of jobs, by handler and outcome",
      labelNames: ["handler", "outcome"],
      registers,
    });
  }

  noteCommit(rows: number, durationMs: number): void {
    this.#commitSeconds.observe(durationMs / 1000);
    this.#commitRows.observe(rows);
  }

  noteNormalized(connection: string, deliveries: number, events: number): void {
    this.#normalized.inc({ connection }, deliveries);
    this.#events.inc({ connection }, events);
  }

  noteAttempt(handler: string, outcome: string): void {
    this.#attempts.inc({ handler, outcome });
  }
}

/** Only where there is a spool: beside a database server. */
function registerSpool(registry: Registry, spool: Spool): void {
  const registers = [registry];
  new Gauge({
    name: "bellhop_spool_rows",
    help: "Deliveries of this process that are in the spool, not in the database",
    registers,
    collect() {
      this.set(spool.rows);
    },
  });
  new Gauge({
    name: "bellhop_spool_bytes",
    help: "Size of the deliveries in the spool; limits.spoolBytes is the most",
    registers,
    collect() {
      this.set(spool.bytes);
    },
  });
  new Counter({
    name: "bellhop_spooled_total",
    help: "Deliveries that went to the spool since the start",
    registers,
    collect() {
      this.reset();
      this.inc(spool.spooled);
    },
  });
  new Counter({
    name: "bellhop_spool_drained_total",
    help: "Deliveries that were taken from the spool to the database since the start",
    registers,
    collect() {
      this.reset();
      this.inc(spool.drained);
    },
  });
}
