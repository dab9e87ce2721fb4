import type { Log } from "../sdk/context.ts";
import { type CurrentJob, currentJob } from "./current-job.ts";

/**
 * Keeps what a handler does to the process to the handler's own job: ending the process, a
 * forgotten promise that fails, an exception out of a timer.
 *
 * @returns takes the guards away again.
 */
export function installGuards(log: Log): () => void {
  const endProcess = process.exit.bind(process);
  const restores = [guardEnding(), guardMicrotasks(log)];

  const onRejection = (error: unknown) => {
    // Not even one of unknown origin ends the process: a plug-in's forgotten promise must not
    // take the others down with it.
    if (!blame(log, error, "unhandled rejection")) log.error({ error }, "unhandled rejection");
  };
  const onException = (error: unknown) => {
    if (blame(log, error, "uncaught exception")) return;
    log.error({ error }, "uncaught exception: stopping");
    endProcess(1);
  };
  process.on("unhandledRejection", onRejection);
  process.on("uncaughtException", onException);

  return () => {
    process.off("unhandledRejection", onRejection);
    process.off("uncaughtException", onException);
    for (const restore of restores) restore();
  };
}

/** @returns false when no handler's code runs. */
function blame(log: Log, error: unknown, what: string): boolean {
  const job = currentJob();
  if (!job) return false;
  const { handler, jobId } = job;
  log.error({ error, handler, jobId }, `${what} of a handler`);
  job.fail(error);
  return true;
}

function guardEnding(): () => void {
  const exit = process.exit.bind(process);
  const abort = process.abort.bind(process);
  const kill = process.kill.bind(process);
  process.exit = (code) => {
    refuse("process.exit");
    return exit(code);
  };
  process.abort = () => {
    refuse("process.abort");
    return abort();
  };
  process.kill = (pid, signal) => {
    const isOurs = [process.pid, -process.pid, 0].includes(pid);
    if (isOurs && signal !== 0) refuse("process.kill on its own process");
    return kill(pid, signal);
  };
  return () => {
    Object.assign(process, { exit, abort, kill });
  };
}

function refuse(what: string): void {
  const job = currentJob();
  if (!job) return;
  const error = new Error(`the handler called ${what}`);
  job.fail(error); // also when the handler catches what is thrown here
  throw error;
}

/** Node reports an exception out of `queueMicrotask` when its context is gone already. */
function guardMicrotasks(log: Log): () => void {
  const { queueMicrotask } = globalThis;
  globalThis.queueMicrotask = (callback) => {
    const job = currentJob();
    queueMicrotask(job ? () => runGuarded(log, job, callback) : callback);
  };
  return () => {
    globalThis.queueMicrotask = queueMicrotask;
  };
}

function runGuarded(log: Log, job: CurrentJob, callback: () => void): void {
  try {
    callback();
  } catch (error) {
    log.error({ error, handler: job.handler, jobId: job.jobId }, "uncaught exception of a handler");
    job.fail(error);
  }
}
