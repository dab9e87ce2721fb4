import type { AnyHandler, AnyIntegration, AnySchedule } from "../registry/loaded-integration.ts";
import { Identity } from "../people/identity.ts";
import type { LoadedInstance } from "../registry/registry.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import type { ScopeKeys } from "../sdk/integration.ts";
import type { HandlerMoment } from "../sdk/schedule.ts";
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
  /** Schedules of its integration that tell this handler: `<instance>/<schedule>`. */
  moments: readonly string[];
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
  readonly #keys: ScopeKeys;

  /** @param identity By which guests have lanes of their own. */
  constructor(instances: Iterable<LoadedInstance>, identity = new Identity()) {
    this.#keys = { person: (booking) => identity.personKey(booking) };
    const entries = [...instances].flatMap(entriesOf);
    this.entries = new Map(entries.map((entry) => [entry.id, entry]));
  }

  jobsFor(event: AnyEvent): WantedJob[] {
    return [...this.entries.values()]
      .filter((entry) => isMeantFor(entry, event))
      .map(({ id, handler, settleMs }) => ({
        handler: id,
        scope: this.scopeOf(handler, event),
        settleMs,
      }));
  }

  /** Whose turn a job for an event is: what the handler says, else the subject's. */
  scopeOf(handler: TableEntry["handler"], event: AnyEvent): string {
    return handler.scope?.(event, this.#keys) ?? defaultScope(event);
  }
}

/** The subject, told apart from the same subject of another connection. */
function defaultScope({ connection, subject }: AnyEvent): string {
  return `${connection}/${subject}`;
}

function entriesOf(loaded: LoadedInstance): TableEntry[] {
  const { id, integration, when, mode, settings, handlers } = loaded;
  const common = { instance: id, integration, when, mode, settings };
  const schedules = integration.schedules ?? [];
  const bySchedule = schedules.filter(isOwnWork).map((schedule) => ({
    ...common,
    ...{ id: `${id}/${schedule.id}`, schedule: `${id}/${schedule.id}` },
    ...{ settleMs: 0, moments: [] },
    handler: scheduleHandler(schedule),
  }));
  const byEvent = handlers.map((handler) => ({
    ...common,
    id: `${id}/${handler.id}`,
    handler,
    settleMs: Number.parseFloat(handler.settle ?? "0") * 1000,
    moments: schedules
      .filter(isMoment)
      .flatMap((schedule) => (schedule.handledBy === handler.id ? [`${id}/${schedule.id}`] : [])),
  }));
  return [...byEvent, ...bySchedule];
}

function isOwnWork(schedule: AnySchedule): schedule is Exclude<AnySchedule, HandlerMoment> {
  return !isMoment(schedule);
}

function isMoment(schedule: AnySchedule): schedule is HandlerMoment {
  return "handledBy" in schedule;
}

/** Bookings that were only adopted are not news to people; books and contacts want them all the same. */
function isMeantFor(entry: TableEntry, event: AnyEvent): boolean {
  const { handler, schedule, when, moments } = entry;
  const { type, origin } = event;
  const own = ownScheduleOf(event);
  if (own !== undefined || schedule !== undefined) {
    const isOwn = own !== undefined && (own === schedule || moments.includes(own));
    // Work by the clock is no connection's; what it asks for it filters itself. Types that the
    // operator names are those of news.
    return isOwn && (type === "schedule.due" || matches({ ...when, types: undefined }, event));
  }
  const isNews = !(handler.kind === "message" && origin === "adopted");
  return handler.on.includes(type) && isNews && matches(when, event);
}

/** The schedule of a plug-in that an event is for; a timer of the configuration is for everybody. */
function ownScheduleOf({ type, schedule, timer }: AnyEvent): string | undefined {
  if (type === "schedule.due") return schedule?.id;
  return type === "booking.timer" && timer?.name.includes("/") ? timer.name : undefined;
}
