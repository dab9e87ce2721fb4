import { runAs } from "../process/current-job.ts";
import { performEffect } from "../effects/perform-effect.ts";
import type { EffectStore } from "../effects/effect-store.ts";
import type {
  Clock,
  ConnectionDefaults,
  HandlerContext,
  HttpClient,
  Log,
  Mail,
  Pdf,
  Templates,
} from "../sdk/context.ts";
import { RetryableError } from "../sdk/errors.ts";
import type { TableEntry } from "./handler-table.ts";
import type { JobInput } from "./job-inputs.ts";
import { isSuspect, type LeasedJob } from "./lane-store.ts";
import { type JobOutcome, outcomeOfError, outcomeOfResult } from "./outcome.ts";

const DEFAULT_TIMEOUT_MS = 60_000;
/** A job whose process has died this often under it is most likely the reason. */
const MAX_LOSSES = 5;
/** And so often when the watchdog saw it loop without end. */
const MAX_HANGS = 3;

/** What handlers borrow. */
export interface JobTools {
  log: Log;
  clock: Clock;
  http: HttpClient;
  pdf: Pdf;
  templates: Templates;
  effects: EffectStore;
  connectionOf(id: string): ConnectionDefaults;
  mailOf(connection: string): Mail;
}

/** Runs a handler for a job and says what becomes of the job, whatever the handler does. */
export async function runJob(
  entry: TableEntry,
  job: LeasedJob,
  input: JobInput | undefined,
  tools: JobTools,
  leaseLost: AbortSignal,
): Promise<JobOutcome> {
  if (job.hangs >= MAX_HANGS) {
    const reason = `did not come back, and ended the process ${job.hangs} times`;
    return { state: "dead", reason };
  }
  if (job.losses >= MAX_LOSSES) {
    return { state: "dead", reason: `ended the process ${job.losses} times` };
  }
  if (!input) return { state: "dead", reason: `event ${job.eventId} is gone` };
  const timeoutMs = entry.handler.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const timeout = new AbortController();
  const timer = setTimeout(() => {
    timeout.abort(
      new RetryableError(`took longer than ${timeoutMs} ms`, { mayHaveHappened: true }),
    );
  }, timeoutMs);
  const signal = AbortSignal.any([leaseLost, timeout.signal]);
  try {
    const context = contextFor(entry, job, input, tools, signal);
    const current = {
      handler: entry.id,
      jobId: job.id,
      laneId: job.laneId,
      isSuspect: isSuspect(job),
      fail: (error: unknown) => timeout.abort(error),
    };
    const handling = runAs(current, () => entry.handler.handle(input.event, context));
    return outcomeOfResult(await Promise.race([handling, rejectionOf(signal)]));
  } catch (error) {
    const ageMs = tools.clock.now() - job.createdAt;
    return outcomeOfError(error, { attempt: job.attempt, ageMs });
  } finally {
    clearTimeout(timer);
  }
}

async function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
  });
}

function contextFor(
  { id, handler, settings, instance }: TableEntry,
  job: LeasedJob,
  { event, current, ledger }: JobInput,
  tools: JobTools,
  signal: AbortSignal,
): HandlerContext<unknown> {
  const owner = {
    handler: id,
    scope: job.scope,
    connection: job.connection,
    subject: job.subject,
    jobId: job.id,
    version: event.version,
  };
  const rules = { whenUnsure: handler.whenUnsure ?? "ask", signal };
  return {
    config: settings,
    connection: tools.connectionOf(job.connection),
    log: withFields(tools.log, { instance, handler: id, jobId: job.id }),
    effect: (key, steps) => performEffect(tools.effects, owner, rules, key, steps),
    ledger,
    current,
    mail: tools.mailOf(job.connection),
    pdf: tools.pdf,
    templates: tools.templates,
    http: tools.http,
    clock: tools.clock,
    signal,
  };
}

function withFields(log: Log, fields: object): Log {
  return {
    debug: (more, message) => log.debug({ ...fields, ...more }, message),
    info: (more, message) => log.info({ ...fields, ...more }, message),
    warn: (more, message) => log.warn({ ...fields, ...more }, message),
    error: (more, message) => log.error({ ...fields, ...more }, message),
  };
}
