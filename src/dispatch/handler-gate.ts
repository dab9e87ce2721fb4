import type { Log } from "../sdk/context.ts";
import { Breaker, openMs, openReason } from "./breaker.ts";
import type { JobStore } from "./job-store.ts";
import type { LaneStore, LeasedJob } from "./lane-store.ts";
import type { Pause, PauseKind, PauseStore } from "./pause-store.ts";
import type { RunJob } from "./settle-store.ts";

const CHECK_MS = 1_000;
const REFUSED_PAUSE_MS = 60_000;
/** A process that tries and dies leaves it to another after this time. */
const PROBE_TERM_MS = 30_000;

export interface GateParts {
  lanes: LaneStore;
  jobs: JobStore;
  pauses: PauseStore;
  log: Log;
}

/**
 * Which handlers may take jobs. A handler whose settings are refused, or whose other side fails
 * for everybody, is paused; when that is over one job tries, and if it gets through the rest follow.
 */
export class HandlerGate {
  readonly #parts: GateParts;
  readonly #breaker = new Breaker();
  #paused: ReadonlyMap<string, Pause> = new Map();
  #readAtMs = -Infinity;
  /** Handlers for which this process may try with one job. */
  readonly #mayTry = new Set<string>();
  /** Jobs that are such a try. */
  readonly #trying = new Set<string>();

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** Settings may have been put right while we were down: what was refused may try at once. */
  async start(handlers: readonly string[]): Promise<void> {
    const { jobs, pauses } = this.#parts;
    for (const [handler, reason] of await jobs.heldReasons(handlers)) {
      await pauses.pause(handler, "refused", reason, 0);
    }
    await pauses.letRefusedTry(handlers);
  }

  /** Reads the pauses, at most once a second. */
  async refresh(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#readAtMs < CHECK_MS) return;
    this.#readAtMs = nowMs;
    const { pauses } = this.#parts;
    for (const pause of await pauses.expired()) await this.#whenOver(pause);
    this.#paused = new Map((await pauses.all()).map((pause) => [pause.handler, pause]));
    for (const handler of this.#mayTry)
      if (!this.#paused.has(handler)) this.#mayTry.delete(handler);
  }

  /** How many jobs a handler may take that has room for so many. */
  roomFor(handler: string, room: number): number {
    if (!this.#paused.has(handler)) return room;
    return this.#mayTry.has(handler) ? Math.min(1, room) : 0;
  }

  noteLeased(handler: string, jobs: readonly LeasedJob[]): void {
    if (!this.#paused.has(handler)) return;
    for (const { id } of jobs) {
      this.#mayTry.delete(handler);
      this.#trying.add(id);
    }
  }

  /** Draws conclusions from how jobs ended. */
  async noteSettled(run: readonly RunJob[]): Promise<void> {
    for (const one of run) await this.#conclude(one, this.#trying.delete(one.job.id));
  }

  async #whenOver(pause: Pause): Promise<void> {
    const { lanes, jobs, pauses } = this.#parts;
    const { handler, kind } = pause;
    if (kind === "limit") {
      await pauses.end(pause);
      return;
    }
    const hasHeld = kind === "refused" && (await jobs.heldReasons([handler])).size > 0;
    const isDue = ((await lanes.nextDueInMs([handler])) ?? Infinity) <= 0;
    // With nothing to try it stays as it is: nobody knows better yet.
    if ((!hasHeld && !isDue) || !(await pauses.claimProbe(pause, PROBE_TERM_MS))) return;
    if (hasHeld) await jobs.releaseHeld(handler, "oldest");
    this.#mayTry.add(handler);
  }

  async #conclude({ handler, job, outcome }: RunJob, wasTry: boolean): Promise<void> {
    const { state, reason, askedMs, isAlone, isHandedBack } = outcome;
    if (isHandedBack) {
      if (wasTry) this.#mayTry.add(handler);
      this.#readAtMs = -Infinity;
    } else if (isAlone) {
      if (wasTry) await this.#close(handler); // the other side has answered, and well
    } else if (state === "held") {
      await this.#pause(handler, "refused", reason, REFUSED_PAUSE_MS);
    } else if (askedMs !== undefined) {
      await this.#pause(handler, "limit", reason, askedMs);
    } else if (state === "ready") {
      await this.#noteFailure(handler, job.laneId, reason, wasTry);
    } else if (state === "skipped") {
      if (wasTry) this.#mayTry.add(handler); // nobody outside was asked: the next one tries
    } else {
      if (state === "done") this.#breaker.succeeded(handler);
      if (wasTry) await this.#close(handler);
    }
  }

  async #noteFailure(handler: string, laneId: number, why: string, wasTry: boolean): Promise<void> {
    const opens = this.#breaker.failed(handler, laneId);
    if (!opens && !wasTry) return;
    const before = wasTry ? this.#paused.get(handler) : undefined;
    const tries = (before?.tries ?? 0) + 1;
    const kind = before?.kind === "refused" ? "refused" : "breaker";
    const reason = kind === "refused" ? why : openReason(why, tries, Date.now());
    await this.#pause(handler, kind, reason, openMs(tries), tries);
  }

  async #close(handler: string): Promise<void> {
    await this.#parts.pauses.closeAfterProbe(handler);
    await this.#parts.jobs.releaseHeld(handler, "all");
    this.#readAtMs = -Infinity;
  }

  async #pause(
    handler: string,
    kind: PauseKind,
    reason: string,
    forMs: number,
    tries?: number,
  ): Promise<void> {
    await this.#parts.pauses.pause(handler, kind, reason, forMs, tries);
    this.#parts.log.warn({ handler, kind, reason, forMs }, "handler paused");
    this.#readAtMs = -Infinity;
  }
}
