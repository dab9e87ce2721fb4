import { runAs } from "../process/current-job.ts";
import { unlessAborted } from "../sdk/unless-aborted.ts";
import { performEffect } from "../effects/perform-effect.ts";
import type { EffectStore } from "../effects/effect-store.ts";
import type { PersonRegister } from "../people/person-register.ts";
import type {
  Activity,
  Clock,
  ConnectionDefaults,
  HttpClient,
  Log,
  Mail,
  Pdf,
  ScheduleContext,
  Templates,
} from "../sdk/context.ts";
import type { TimeWindow } from "../sdk/lists.ts";
import type { OAuthTokens } from "../sdk/oauth.ts";
import { RetryableError } from "../sdk/errors.ts";
import type { BookingDocuments } from "./booking-documents.ts";
import type { FirstUse } from "./first-use.ts";
import type { TableEntry } from "./handler-table.ts";
import type { JobInput } from "./job-inputs.ts";
import { isSuspect, type LeasedJob } from "./lane-store.ts";
import type { Lease } from "./lease.ts";
import { type JobOutcome, outcomeOfError, outcomeOfResult } from "./outcome.ts";
import type { Shadow } from "./shadow.ts";
import { ShadowRun } from "./shadow-run.ts";

const DEFAULT_TIMEOUT_MS = 60_000;
/**
 * A job whose process has died this often under it, at last alone, is most likely the reason. Not
 * fewer: on a machine that is restarted again and again the same jobs are at work each time.
 */
const MAX_LOSSES = 10;
/** And so often when the watchdog saw it loop without end. */
const MAX_HANGS = 3;

/** What handlers borrow. */
export interface JobTools {
  log: Log;
  clock: Clock;
  dataFolder: string;
  http: HttpClient;
  pdf: Pdf;
  templates: Templates;
  effects: EffectStore;
  /** What has happened in a time. @param connections Undefined: all. */
  activity(window: TimeWindow, connections: readonly string[] | undefined): Promise<Activity>;
  documents: BookingDocuments;
  firstUse: FirstUse;
  people: PersonRegister;
  /** Which jobs only say what they would do. */
  shadow: Shadow;
  connectionOf(id: string): ConnectionDefaults;
  /** The mail of a connection as the handler may use it. */
  mailOf(connection: string, handler: string): Mail;
  tokensOf(instance: string): OAuthTokens;
  /** From this age on a job that fails is not tried again. */
  giveUpAfterMs: number;
}

/** Runs a handler for a job and says what becomes of the job, whatever the handler does. */
export async function runJob(
  entry: TableEntry,
  job: LeasedJob,
  input: JobInput | undefined,
  tools: JobTools,
  lease: Lease,
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
  const signal = AbortSignal.any([lease.signal, timeout.signal]);
  const shadow = tools.shadow.covers(entry, input.event) ? new ShadowRun() : undefined;
  const settled = (outcome: JobOutcome) => shadow?.outcomeOf(outcome) ?? outcome;
  try {
    const context = contextFor(entry, job, input, tools, { fence: lease, signal, shadow });
    const current = {
      handler: entry.id,
      jobId: job.id,
      laneId: job.laneId,
      isSuspect: isSuspect(job),
      fail: (error: unknown) => timeout.abort(error),
    };
    const handling = runAs(current, () => entry.handler.handle(input.event, context));
    return settled(outcomeOfResult(await unlessAborted(handling, signal)));
  } catch (error) {
    const ageMs = tools.clock.now() - job.createdAt;
    // What a handler makes of being stopped says nothing about its job.
    const reason: unknown = lease.signal.aborted ? lease.signal.reason : error;
    const { giveUpAfterMs } = tools;
    return settled(outcomeOfError(reason, { attempt: job.attempt, ageMs, giveUpAfterMs }));
  } finally {
    clearTimeout(timer);
  }
}

function contextFor(
  { id, handler, settings, instance, integration, when }: TableEntry,
  job: LeasedJob,
  { event, current, ledger }: JobInput,
  tools: JobTools,
  { fence, signal, shadow }: { fence: Lease; signal: AbortSignal; shadow: ShadowRun | undefined },
): ScheduleContext<unknown> {
  const owner = {
    handler: id,
    scope: job.scope,
    connection: job.connection,
    subject: job.subject,
    jobId: job.id,
    version: event.version,
  };
  const rules = { whenUnsure: handler.whenUnsure ?? "ask", fence, signal };
  const mail = tools.mailOf(job.connection, id);
  return {
    config: settings,
    connection: tools.connectionOf(job.connection),
    log: withFields(tools.log, { instance, handler: id, jobId: job.id }),
    effect: (key, steps) => performEffect(tools.effects, owner, rules, key, steps),
    lane: laneOf(id, job.scope),
    ledger,
    entriesOf: (period) => tools.effects.inPeriod(handlersOf(integration, instance), period),
    current,
    people: tools.people.peopleFor(current, when.connections),
    mail,
    pdf: tools.pdf,
    templates: tools.templates,
    http: stoppedBy(signal, tools.http),
    clock: tools.clock,
    tokens: tools.tokensOf(instance),
    dataFolder: tools.dataFolder,
    documentOf: (booking, document) => tools.documents.make(booking, document),
    firstUsedAt: () => tools.firstUse.of({ id, instance }),
    activity: (window, connections = when.connections) => tools.activity(window, connections),
    signal,
    ...shadow?.tools(
      { mail, ledger, tokens: tools.tokensOf(instance) },
      ...([tools.effects, owner, rules] as const),
    ),
  };
}

/** A handler and a scope, as one word. */
export function laneOf(handler: string, scope: string): string {
  return `${handler}|${scope}`;
}

/** What an instance is called in the ledger while it erases people. */
export const ERASE = "erase";

/** Ids of all that an instance does. */
export function handlersOf(
  { handlers = [], schedules = [], people }: TableEntry["integration"],
  instance: string,
): string[] {
  const ids = [...handlers, ...schedules].map(({ id }) => id);
  return [...ids, ...(people ? [ERASE] : [])].map((id) => `${instance}/${id}`);
}

/** A call of a handler whose time is up is cut off, whether or not the handler passes the signal on. */
function stoppedBy(signal: AbortSignal, http: HttpClient): HttpClient {
  return {
    send: (request) => {
      const given = request.signal;
      return http.send({ ...request, signal: given ? AbortSignal.any([given, signal]) : signal });
    },
  };
}

/** A log whose lines say what they are about. */
export function withFields(log: Log, fields: object): Log {
  return {
    debug: (more, message) => log.debug({ ...fields, ...more }, message),
    info: (more, message) => log.info({ ...fields, ...more }, message),
    warn: (more, message) => log.warn({ ...fields, ...more }, message),
    error: (more, message) => log.error({ ...fields, ...more }, message),
  };
}
