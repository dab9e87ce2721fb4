import { setTimeout as sleep } from "node:timers/promises";

import type { Database } from "../db/database.ts";
import type { IntakeLoad } from "../inbox/intake-load.ts";
import { Trouble } from "../process/trouble.ts";
import { Wake } from "../process/wake.ts";
import { HandlerGate } from "./handler-gate.ts";
import type { HandlerLimits } from "./handler-limits.ts";
import type { HandlerTable, TableEntry } from "./handler-table.ts";
import { loadInputs } from "./job-inputs.ts";
import type { JobStore } from "./job-store.ts";
import { isSuspect, LEASE_MS, type LaneStore, type LeasedJob } from "./lane-store.ts";
import { Lease } from "./lease.ts";
import type { PauseStore } from "./pause-store.ts";
import { type JobOutcome, outcomeOfHandBack } from "./outcome.ts";
import { runJob, type JobTools } from "./run-job.ts";
import type { RunJob, SettleStore } from "./settle-store.ts";

/** Work that other processes add is found within this time. */
const POLL_MS = 250;
const TROUBLE_MS = 1_000;
/** How often leases that could not be renewed are looked for; far shorter than their safety margin. */
const LEASE_CHECK_MS = 250;
const DEFAULT_CONCURRENCY = 4;

export interface WorkerParts {
  db: Database;
  handlers: Pick<HandlerTable, "entries">;
  lanes: LaneStore;
  jobs: JobStore;
  settle: SettleStore;
  pauses: PauseStore;
  limits: HandlerLimits;
  tools: JobTools;
  load: IntakeLoad;
  onAttempt: (handler: string, outcome: string) => void;
}

interface Running {
  entry: TableEntry;
  job: LeasedJob;
  lease: Lease;
}

/** Leases lanes, runs the job at the head of each, settles. One per process. */
export class Worker {
  readonly wake = new Wake();
  readonly #parts: WorkerParts;
  readonly #running = new Map<string, Running>();
  readonly #toSettle: RunJob[] = [];
  #settling: Promise<void> | undefined;
  readonly #gate: HandlerGate;
  #isStopping = false;
  #hasToLeave = false;
  #loop: Promise<void> | undefined;
  #renewal: NodeJS.Timeout | undefined;
  #leaseCheck: NodeJS.Timeout | undefined;
  readonly #trouble = new Trouble((error) => {
    this.#parts.tools.log.error({ error }, "could not take jobs");
  });
  readonly #renewalTrouble = new Trouble((error) => {
    this.#parts.tools.log.warn({ error }, "could not renew leases");
  });

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.#gate = new HandlerGate({ ...parts, log: parts.tools.log });
  }

  async start(): Promise<void> {
    const { tools, handlers } = this.#parts;
    await tools.shadow.start();
    await tools.firstUse.start(handlers.entries.values());
    await this.#gate.start([...this.#parts.handlers.entries.keys()]);
    this.#renewal = setInterval(() => void this.#renewLeases(), LEASE_MS / 3);
    this.#leaseCheck = setInterval(() => {
      for (const { lease } of this.#running.values()) lease.endIfOver();
    }, LEASE_CHECK_MS);
    this.#loop = this.#run();
  }

  /** Lets running jobs end, for so long; what still runs then is aborted and handed back. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    this.wake.call();
    await this.#loop;
    const deadline = Date.now() + graceMs;
    while (this.#running.size > 0 && Date.now() < deadline) await this.wake.sleep(50);
    for (const { lease } of this.#running.values()) lease.end("this process stops", 0);
    this.#hasToLeave = true;
    while (this.#running.size > 0) await this.wake.sleep(50);
    await this.#settling;
    clearInterval(this.#renewal);
    clearInterval(this.#leaseCheck);
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
        this.#trouble.note(error);
        await this.wake.sleep(TROUBLE_MS);
      }
    }
  }

  async #leaseRound(): Promise<number> {
    await this.#gate.refresh();
    let leased = 0;
    for (const entry of this.#parts.handlers.entries.values()) {
      if (this.#isStopping) break;
      leased += await this.#leaseFor(entry);
    }
    return leased;
  }

  async #leaseFor(entry: TableEntry): Promise<number> {
    const { db, lanes, limits, tools } = this.#parts;
    const { id, handler } = entry;
    const running = [...this.#running.values()].filter((other) => other.entry.id === id);
    const own = running.map(({ job }) => job.laneId);
    const free = (handler.concurrency ?? DEFAULT_CONCURRENCY) - running.length;
    const room = await limits.roomFor(entry, this.#gate.roomFor(id, free));
    if (room <= 0) return 0;
    const maySuspect = ![...this.#running.values()].some(({ job }) => isSuspect(job));
    const askedAtMs = performance.now();
    const jobs = await lanes.lease(id, room, handler.only === "latest", own, maySuspect);
    if (jobs.length === 0) return 0;
    this.#gate.noteLeased(id, jobs);
    limits.noteBegun(id, jobs.length);
    const taken = jobs.map((job) => ({ entry, job, lease: new Lease(lanes, job, askedAtMs) }));
    for (const one of taken) this.#running.set(one.job.id, one);
    try {
      const inputs = await loadInputs(db, tools.effects, id, jobs);
      for (const one of taken) void this.#runOne(one, inputs.get(one.job.id));
    } catch (error) {
      for (const one of taken) {
        const outcome = outcomeOfHandBack(one.lease.end("could not read what it needs"));
        this.#end(one, outcome, tools.clock.now());
      }
      throw error;
    }
    return jobs.length;
  }

  async #runOne(running: Running, input: Parameters<typeof runJob>[2]): Promise<void> {
    const { entry, job, lease } = running;
    const { tools } = this.#parts;
    const startedAt = tools.clock.now();
    const outcome = await runJob(entry, job, input, tools, lease);
    this.#end(running, outcome, startedAt);
  }

  #end({ entry, job }: Running, outcome: JobOutcome, startedAt: number): void {
    const { tools, onAttempt } = this.#parts;
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
    onAttempt(entry.id, outcome.state);
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
        await this.#gate.noteSettled(await this.#settle(run));
      } catch (error) {
        // The leases run out and the jobs run again; the ledger keeps their effects single.
        this.#parts.tools.log.error({ error, jobs: run.length }, "could not settle jobs");
      }
      for (const { job } of run) this.#running.delete(job.id);
      this.wake.call();
    }
    this.#settling = undefined;
  }

  /** A store that is away is waited for: how a job ended is right as long as its token is. */
  async #settle(run: readonly RunJob[]): Promise<RunJob[]> {
    const { db, settle, lanes, tools } = this.#parts;
    for (;;) {
      try {
        const lost = await settle.settle(run);
        for (const { job } of lost) {
          tools.log.warn({ jobId: job.id }, "lease lost: another process has the job");
          await lanes.takeBackLoss(job.laneId);
        }
        return run.filter((one) => !lost.includes(one));
      } catch (error) {
        const failure = db.failureOf(error);
        const isAway = failure === "unavailable" || failure === "conflict";
        if (!isAway || this.#hasToLeave) throw error;
        tools.log.warn({ error, jobs: run.length }, "could not settle jobs: trying again");
        await sleep(TROUBLE_MS);
      }
    }
  }

  async #renewLeases(): Promise<void> {
    const running = [...this.#running.values()];
    if (running.length === 0) return;
    const askedAtMs = performance.now();
    try {
      const leases = running.map(({ job: { laneId, token } }) => ({ laneId, token }));
      const ours = await this.#parts.lanes.renew(leases);
      for (const { job, lease } of running) {
        if (ours.has(job.laneId)) lease.renewed(askedAtMs);
        else lease.end("another process has the job");
      }
    } catch (error) {
      this.#renewalTrouble.note(error);
    }
  }
}
