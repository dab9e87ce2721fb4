import type { Database } from "../db/database.ts";
import type { IntakeLoad } from "../inbox/intake-load.ts";
import { Wake } from "../process/wake.ts";
import type { HandlerTable, TableEntry } from "./handler-table.ts";
import { loadInputs } from "./job-inputs.ts";
import type { JobStore } from "./job-store.ts";
import { isSuspect, LEASE_MS, type LaneStore, type LeasedJob } from "./lane-store.ts";
import type { PauseStore } from "./pause-store.ts";
import { runJob, type JobTools } from "./run-job.ts";
import type { RunJob, SettleStore } from "./settle-store.ts";

/** Work that other processes add is found within this time. */
const POLL_MS = 250;
const TROUBLE_MS = 1_000;
const PAUSE_CHECK_MS = 1_000;
const REFUSED_PAUSE_MS = 60_000;
const DEFAULT_CONCURRENCY = 4;

export interface WorkerParts {
  db: Database;
  handlers: HandlerTable;
  lanes: LaneStore;
  jobs: JobStore;
  settle: SettleStore;
  pauses: PauseStore;
  tools: JobTools;
  load: IntakeLoad;
  onAttempt: (handler: string, outcome: string) => void;
}

interface Running {
  entry: TableEntry;
  job: LeasedJob;
  leaseLost: AbortController;
}

/** Leases lanes, runs the job at the head of each, settles. One per process. */
export class Worker {
  readonly wake = new Wake();
  readonly #parts: WorkerParts;
  readonly #running = new Map<string, Running>();
  readonly #toSettle: RunJob[] = [];
  #settling: Promise<void> | undefined;
  #paused: ReadonlySet<string> = new Set();
  #pausesReadAt = 0;
  /** Handlers whose settings are being tried with one held job. */
  readonly #probing = new Set<string>();
  #isStopping = false;
  #loop: Promise<void> | undefined;
  #renewal: NodeJS.Timeout | undefined;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    // Settings may have been put right while we were down: one held job of each handler tries.
    for (const handler of this.#parts.handlers.entries.keys()) await this.#probe(handler);
    this.#renewal = setInterval(() => void this.#renewLeases(), LEASE_MS / 3);
    this.#loop = this.#run();
  }

  /** Lets running jobs end, for so long; what still runs then is aborted and handed back. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    this.wake.call();
    await this.#loop;
    const deadline = Date.now() + graceMs;
    while (this.#running.size > 0 && Date.now() < deadline) await this.wake.sleep(50);
    for (const { leaseLost } of this.#running.values()) leaseLost.abort(new Error("stopping"));
    while (this.#running.size > 0) await this.wake.sleep(50);
    await this.#settling;
    clearInterval(this.#renewal);
  }

  /** True when nothing runs here. Jobs may still wait in the store. */
  get isIdle(): boolean {
    return this.#running.size === 0 && this.#toSettle.length === 0;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#parts.load.relief();
        if ((await this.#leaseRound()) === 0) await this.wake.sleep(POLL_MS);
      } catch (error) {
        this.#parts.tools.log.error({ error }, "could not take jobs");
        await this.wake.sleep(TROUBLE_MS);
      }
    }
  }

  async #leaseRound(): Promise<number> {
    await this.#readPauses();
    let leased = 0;
    for (const entry of this.#parts.handlers.entries.values()) {
      if (this.#isStopping || this.#paused.has(entry.id)) continue;
      leased += await this.#leaseFor(entry);
    }
    return leased;
  }

  async #leaseFor(entry: TableEntry): Promise<number> {
    const { db, lanes, tools } = this.#parts;
    const { id, handler } = entry;
    const running = [...this.#running.values()].filter((other) => other.entry.id === id).length;
    const room = (handler.concurrency ?? DEFAULT_CONCURRENCY) - running;
    if (room <= 0) return 0;
    const maySuspect = ![...this.#running.values()].some(({ job }) => isSuspect(job));
    const jobs = await lanes.lease(id, room, handler.only === "latest", maySuspect);
    if (jobs.length === 0) return 0;
    const inputs = await loadInputs(db, tools.effects, id, jobs);
    for (const job of jobs) {
      const one = { entry, job, leaseLost: new AbortController() };
      this.#running.set(job.id, one);
      void this.#runOne(one, inputs.get(job.id));
    }
    return jobs.length;
  }

  async #runOne(running: Running, input: Parameters<typeof runJob>[2]): Promise<void> {
    const { entry, job, leaseLost } = running;
    const { tools } = this.#parts;
    const startedAt = tools.clock.now();
    const outcome = await runJob(entry, job, input, tools, leaseLost.signal);
    const finishedAt = tools.clock.now();
    tools.log.info(
      {
        eventId: job.eventId,
        handler: entry.id,
        jobId: job.id,
        attempt: job.attempt,
        outcome: outcome.state,
        reason: outcome.reason,
        durationMs: finishedAt - startedAt,
      },
      "attempt",
    );
    this.#parts.onAttempt(entry.id, outcome.state);
    this.#toSettle.push({
      job,
      handler: entry.id,
      outcome,
      startedAt,
      finishedAt,
      supersedesOlder: entry.handler.only === "latest",
    });
    this.#settling ??= this.#settleAll();
  }

  /** Jobs that end in the same turn share one commit. */
  async #settleAll(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#toSettle.length > 0) {
      const run = this.#toSettle.splice(0);
      try {
        const lost = await this.#parts.settle.settle(run);
        for (const { job } of lost) {
          this.#parts.tools.log.warn({ jobId: job.id }, "lease lost: another process has the job");
        }
        await this.#afterSettling(run);
      } catch (error) {
        // The leases run out and the jobs run again; the ledger keeps their effects single.
        this.#parts.tools.log.error({ error, jobs: run.length }, "could not settle jobs");
      }
      for (const { job } of run) this.#running.delete(job.id);
      this.wake.call();
    }
    this.#settling = undefined;
  }

  async #afterSettling(run: readonly RunJob[]): Promise<void> {
    for (const { handler, outcome } of run) {
      if (outcome.state === "held") {
        await this.#parts.pauses.pause(handler, "refused", outcome.reason, REFUSED_PAUSE_MS);
        this.#pausesReadAt = 0;
      } else if (outcome.state === "done" && this.#probing.delete(handler)) {
        await this.#parts.jobs.releaseHeld(handler, "all");
      }
    }
  }

  async #readPauses(): Promise<void> {
    if (Date.now() - this.#pausesReadAt < PAUSE_CHECK_MS) return;
    this.#pausesReadAt = Date.now();
    for (const { handler } of await this.#parts.pauses.expired()) await this.#probe(handler);
    this.#paused = new Set((await this.#parts.pauses.all()).map(({ handler }) => handler));
  }

  /** Tries refused settings again with one job; if it gets through, the others follow. */
  async #probe(handler: string): Promise<void> {
    const paused = (await this.#parts.pauses.all()).find((pause) => pause.handler === handler);
    if (paused?.kind === "person") return;
    if (paused) await this.#parts.pauses.resume(handler);
    if ((await this.#parts.jobs.releaseHeld(handler, "oldest")) > 0) this.#probing.add(handler);
  }

  async #renewLeases(): Promise<void> {
    const running = [...this.#running.values()];
    if (running.length === 0) return;
    try {
      const leases = running.map(({ job: { laneId, token } }) => ({ laneId, token }));
      const ours = await this.#parts.lanes.renew(leases);
      for (const { job, leaseLost } of running) {
        if (!ours.has(job.laneId)) leaseLost.abort(new Error("lease lost"));
      }
    } catch (error) {
      this.#parts.tools.log.warn({ error }, "could not renew leases");
    }
  }
}
