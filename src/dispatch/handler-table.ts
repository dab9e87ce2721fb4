import type { AnyHandler, AnyIntegration } from "../registry/loaded-integration.ts";
import type { LoadedInstance } from "../registry/registry.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import type { Mode, WhenConfig } from "../settings/config-schema.ts";
import { matches } from "./matches.ts";
import { scheduleHandler } from "./schedule-handler.ts";

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
  /** Of work by the clock: `<instance>/<schedule>`; it hears of nothing else. */
  schedule?: string;
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
      .filter((entry) => isMeantFor(entry, event))
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
  const schedules = (integration.schedules ?? []).map((schedule) => ({
    ...{ id: `${id}/${schedule.id}`, schedule: `${id}/${schedule.id}`, instance: id },
    ...{ integration, when, mode, settings, settleMs: 0 },
    handler: scheduleHandler(schedule),
  }));
  const ofEvents = handlers.map((handler) => ({
    id: `${id}/${handler.id}`,
    instance: id,
    integration,
    handler,
    when,
    mode,
    settings,
    settleMs: Number.parseFloat(handler.settle ?? "0") * 1000,
  }));
  return [...ofEvents, ...schedules];
}

/** Bookings that were only adopted are not news to people; books and contacts want them all the same. */
function isMeantFor({ handler, schedule, when }: TableEntry, event: AnyEvent): boolean {
  const { type, origin } = event;
  const own = ownScheduleOf(event);
  if (own !== undefined || schedule !== undefined) {
    // Work by the clock is no connection's; what it asks for it filters itself.
    return own === schedule && (type === "schedule.due" || matches(when, event));
  }
  const isNews = !(handler.kind === "message" && origin === "adopted");
  return handler.on.includes(type) && isNews && matches(when, event);
}

/** The schedule of a plug-in that an event is for; a timer of the configuration is for everybody. */
function ownScheduleOf({ type, schedule, timer }: AnyEvent): string | undefined {
  if (type === "schedule.due") return schedule?.id;
  return type === "booking.timer" && timer?.name.includes("/") ? timer.name : undefined;
}
