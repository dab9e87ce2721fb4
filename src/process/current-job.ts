import { AsyncLocalStorage } from "node:async_hooks";

/** The job that a piece of running code belongs to, however many promises and timers lie between. */
export interface CurrentJob {
  /** `<instance>/<handler>` */
  readonly handler: string;
  readonly jobId: string;
  readonly laneId: number;
  /** Its process has died under it before. */
  readonly isSuspect: boolean;
  /** Ends the attempt with this error, whatever the handler still does. */
  fail(error: unknown): void;
}

/** Told when jobs begin and end. */
export interface JobObserver {
  begin(job: CurrentJob): void;
  end(job: CurrentJob): void;
}

const storage = new AsyncLocalStorage<CurrentJob>();
let observer: JobObserver | undefined;

/** Runs a handler so that all it sets going is known to be of this job. */
export async function runAs<T>(job: CurrentJob, work: () => T | Promise<T>): Promise<T> {
  const observing = observer;
  observing?.begin(job);
  try {
    return await storage.run(job, async () => work());
  } finally {
    observing?.end(job);
  }
}

/** The job whose code is running right now; undefined when it is our own. */
export function currentJob(): CurrentJob | undefined {
  return storage.getStore();
}

/** One at a time; undefined ends it. */
export function observeJobs(next: JobObserver | undefined): void {
  observer = next;
}
