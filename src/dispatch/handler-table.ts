import type { AnyHandler, AnyIntegration } from "../registry/loaded-integration.ts";
import type { LoadedInstance } from "../registry/registry.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import type { Mode, WhenConfig } from "../settings/config-schema.ts";
import { matches } from "./matches.ts";

/** One handler of one instance: whoever gets a job. */
export interface TableEntry {
  /** `<instance>/<handler>` */
  id: string;
  instance: string;
  integration: AnyIntegration;
  handler: AnyHandler;
  when: WhenConfig;
  mode: Mode;
  settings: unknown;
  settleMs: number;
}

/** A job that an event asks for. */
export interface WantedJob {
  handler: string;
  /** Whose turn it is; the jobs of one handler and scope run one after the other. */
  scope: string;
  settleMs: number;
}

/** Which handlers there are and which of them an event concerns. */
export class HandlerTable {
  readonly entries: ReadonlyMap<string, TableEntry>;

  constructor(instances: Iterable<LoadedInstance>) {
    const entries = [...instances].flatMap(entriesOf);
    this.entries = new Map(entries.map((entry) => [entry.id, entry]));
  }

  jobsFor(event: AnyEvent): WantedJob[] {
    return [...this.entries.values()]
      .filter(({ handler, when }) => isMeantFor(handler, event) && matches(when, event))
      .map(({ id, handler, settleMs }) => ({
        handler: id,
        scope: handler.scope?.(event) ?? defaultScope(event),
        settleMs,
      }));
  }
}

/** The subject, told apart from the same subject of another connection. */
export function defaultScope({ connection, subject }: AnyEvent): string {
  return `${connection}/${subject}`;
}

function entriesOf(loaded: LoadedInstance): TableEntry[] {
  const { id, integration, when, mode, settings, handlers } = loaded;
  return handlers.map((handler) => ({
    id: `${id}/${handler.id}`,
    instance: id,
    integration,
    handler,
    when,
    mode,
    settings,
    settleMs: Number.parseFloat(handler.settle ?? "0") * 1000,
  }));
}

/** Bookings that were only adopted are not news to people; books and contacts want them all the same. */
function isMeantFor({ kind, on }: AnyHandler, { type, origin }: AnyEvent): boolean {
  return on.includes(type) && !(kind === "message" && origin === "adopted");
}
