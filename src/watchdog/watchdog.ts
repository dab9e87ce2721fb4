import { url as inspectorUrl } from "node:inspector";
import { Worker } from "node:worker_threads";

import type { DatabaseLocation } from "../db/database.ts";
import { observeJobs } from "../process/current-job.ts";
import type { Log } from "../sdk/context.ts";
import { SharedJobs } from "./shared-jobs.ts";
import { beWitness } from "./witness.ts";

export interface WatchdogOptions {
  /** A thread that has not come back for so long never will. */
  limitMs?: number;
}

/** What the two threads share. */
export interface Watched {
  database: DatabaseLocation;
  limitMs: number;
  /** Two numbers: one that grows while the watched thread lives, and 1 while it is debugged. */
  pulse: SharedArrayBuffer;
  jobs: SharedArrayBuffer;
}

export const BEAT = 0;
export const DEBUGGED = 1;

const LIMIT_MS = 10_000;
const BEATS_PER_LIMIT = 10;

/**
 * Watches this thread from another one. A handler that loops without end would stop everything: it
 * cannot be timed out, leases are not renewed, nobody is answered. The watchdog names it, counts it
 * against its lane and ends the process, so that the next one can go on with the rest.
 *
 * @returns ends the watch.
 */
export function startWatchdog(
  database: DatabaseLocation,
  log: Log,
  { limitMs = LIMIT_MS }: WatchdogOptions = {},
): () => Promise<void> {
  const pulse = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const heart = setInterval(() => {
    Atomics.store(pulse, DEBUGGED, inspectorUrl() === undefined ? 0 : 1);
    Atomics.add(pulse, BEAT, 1);
  }, limitMs / BEATS_PER_LIMIT);
  heart.unref();
  const jobs = SharedJobs.newMemory();
  const workerData: Watched = { database, limitMs, pulse: pulse.buffer, jobs };
  const thread = new Worker(new URL("./watchdog-thread.js", import.meta.url), { workerData });
  thread.on("error", (error) => log.error({ error }, "the watchdog has failed: nobody watches"));
  thread.unref();
  const endTestimony = beWitness();
  observeJobs(new SharedJobs(jobs));
  return async () => {
    observeJobs(undefined);
    endTestimony();
    clearInterval(heart);
    await thread.terminate();
  };
}
