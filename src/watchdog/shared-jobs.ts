import type { CurrentJob, JobObserver } from "../process/current-job.ts";

/** What can be known of a job without asking the thread that runs it. */
export type NotedJob = Pick<CurrentJob, "handler" | "jobId" | "laneId" | "isSuspect">;

const SLOTS = 256;
const SLOT_BYTES = 512;
const LENGTH_BYTES = 2;

/** The running jobs, written where the watchdog's thread can read them while ours is stuck. */
export class SharedJobs implements JobObserver {
  readonly #bytes: Buffer;
  readonly #slots = new Map<CurrentJob, number>();
  readonly #free = Array.from({ length: SLOTS }, (_, slot) => slot);

  static newMemory(): SharedArrayBuffer {
    return new SharedArrayBuffer(SLOTS * SLOT_BYTES);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#bytes = Buffer.from(memory);
  }

  begin(job: CurrentJob): void {
    const { handler, jobId, laneId, isSuspect } = job;
    const text = JSON.stringify({ handler, jobId, laneId, isSuspect });
    const slot = this.#free.pop();
    // A list that is full is not complete; nobody depends on it but to name a culprit.
    if (slot === undefined) return;
    this.#slots.set(job, slot);
    const start = slot * SLOT_BYTES;
    const room = SLOT_BYTES - LENGTH_BYTES;
    const isFitting = Buffer.byteLength(text) <= room;
    const length = isFitting ? this.#bytes.write(text, start + LENGTH_BYTES) : 0;
    this.#bytes.writeUInt16LE(length, start);
  }

  end(job: CurrentJob): void {
    const slot = this.#slots.get(job);
    if (slot === undefined) return;
    this.#bytes.writeUInt16LE(0, slot * SLOT_BYTES);
    this.#slots.delete(job);
    this.#free.push(slot);
  }

  /** For the other thread, once this one has stopped writing. */
  read(): NotedJob[] {
    const jobs: NotedJob[] = [];
    for (let start = 0; start < this.#bytes.length; start += SLOT_BYTES) {
      const length = this.#bytes.readUInt16LE(start);
      if (length === 0) continue;
      const from = start + LENGTH_BYTES;
      jobs.push(JSON.parse(this.#bytes.toString("utf8", from, from + length)) as NotedJob);
    }
    return jobs;
  }
}

/**
 * Which of the running jobs is to blame when the thread itself cannot say.
 *
 * @returns undefined when it could be several: better none than an innocent one. Their losses are
 *   counted all the same, so that they run one by one next time.
 */
export function culpritOf(jobs: readonly NotedJob[]): NotedJob | undefined {
  if (jobs.length === 1) return jobs[0];
  const suspects = jobs.filter(({ isSuspect }) => isSuspect);
  return suspects.length === 1 ? suspects[0] : undefined;
}
