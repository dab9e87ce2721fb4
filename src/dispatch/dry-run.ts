import type { Database } from "../db/database.ts";
import { unlessAborted } from "../sdk/unless-aborted.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import type { ScheduleContext } from "../sdk/context.ts";
import { messageOf } from "../sdk/errors.ts";
import type { HandlerTable, TableEntry, WantedJob } from "./handler-table.ts";
import { inertHttp, inertMail, inertTokens } from "./inert-tools.ts";
import { type JobInput, type JobPlaceInLane, loadInput, loadInputs } from "./job-inputs.ts";
import { handlersOf, type JobTools, laneOf, withFields } from "./run-job.ts";

/** What a job would do if it ran now. */
export interface DryRun {
  /** A sentence for each thing that would be done outside: "would mail voucher 2 to the guest". */
  wouldDo: string[];
  /** How the handler would end, as far as it got. */
  outcome: string;
}

export interface DryRunParts {
  db: Database;
  handlers: Pick<HandlerTable, "entries">;
  tools: JobTools;
}

const TIMEOUT_MS = 60_000;

/** Runs handlers without any effect outside and without a trace in the store. */
export class DryRuns {
  readonly #parts: DryRunParts;

  constructor(parts: DryRunParts) {
    this.#parts = parts;
  }

  /** @throws Error when the handler is not configured any more, or the event is gone. */
  async job(job: JobPlaceInLane & { handler: string }): Promise<DryRun> {
    const { db, tools } = this.#parts;
    const entry = this.#entryOf(job.handler);
    const input = (await loadInputs(db, tools.effects, entry.id, [job])).get(job.id);
    if (!input) throw new Error(`event ${job.eventId} is gone`);
    return run(entry, job.scope, input, tools);
  }

  /**
   * What an event would lead to that is not stored: one to come, say. The clock of the handler
   * stands at the time of the event.
   *
   * @throws Error when the handler is not configured any more.
   */
  async event(wanted: Pick<WantedJob, "handler" | "scope">, event: AnyEvent): Promise<DryRun> {
    const { db, tools } = this.#parts;
    const entry = this.#entryOf(wanted.handler);
    const input = await loadInput(db, tools.effects, wanted, event);
    const at = Date.parse(event.time);
    return run(entry, wanted.scope, input, { ...tools, clock: { now: () => at } });
  }

  #entryOf(handler: string): TableEntry {
    const entry = this.#parts.handlers.entries.get(handler);
    if (!entry) throw new Error(`${handler} is not in the configuration any more`);
    return entry;
  }
}

async function run(
  entry: TableEntry,
  scope: string,
  input: JobInput,
  tools: JobTools,
): Promise<DryRun> {
  const wouldDo: string[] = [];
  try {
    const context = inertContext(entry, scope, input, tools, wouldDo);
    const handling = entry.handler.handle(input.event, context);
    const result = await unlessAborted(handling, context.signal);
    const outcome = "skipped" in result ? `would skip: ${result.skipped}` : "would be done";
    return { wouldDo, outcome };
  } catch (error) {
    return { wouldDo, outcome: `would fail: ${messageOf(error)}` };
  }
}

/** What a handler borrows, with nothing behind it that reaches outside. */
function inertContext(
  { handler, id, instance, integration, settings, when }: TableEntry,
  scope: string,
  { event: { connection }, current, ledger }: JobInput,
  tools: JobTools,
  wouldDo: string[],
): ScheduleContext<unknown> {
  return {
    config: settings,
    connection: tools.connectionOf(connection),
    log: withFields(tools.log, { instance, handler: handler.id, isDryRun: true }),
    effect: (key, { plan }) => {
      const known = ledger.find((entry) => entry.key === key && entry.state === "done");
      if (known) return Promise.resolve(known);
      wouldDo.push(`would ${plan ?? `do ${key}`}`);
      return Promise.resolve({});
    },
    lane: laneOf(id, scope),
    ledger,
    entriesOf: (period) => tools.effects.inPeriod(handlersOf(integration, instance), period),
    current,
    people: tools.people.unrecorded().peopleFor(current, when.connections),
    mail: inertMail(tools.mailOf(connection, id), (would) => wouldDo.push(would)),
    pdf: tools.pdf,
    templates: tools.templates,
    http: inertHttp("a dry run calls nobody", (method, host) =>
      wouldDo.push(`would call ${method} ${host}`),
    ),
    clock: tools.clock,
    tokens: inertTokens(tools.tokensOf(instance)),
    dataFolder: tools.dataFolder,
    documentOf: (booking, document) => tools.documents.make(booking, document),
    firstUsedAt: () => tools.firstUse.of({ id, instance }),
    activity: (window, connections = when.connections) => tools.activity(window, connections),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
}
