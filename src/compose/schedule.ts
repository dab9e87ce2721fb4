import type { DependencyContainer } from "tsyringe";

import { CounterStore } from "../db/counter-store.ts";
import { FactStore } from "../db/fact-store.ts";
import { HandlerTable } from "../dispatch/handler-table.ts";
import { JobStore } from "../dispatch/job-store.ts";
import { Worker } from "../dispatch/worker.ts";
import { EventStore } from "../normalize/event-store.ts";
import { SubjectStore } from "../normalize/subject-store.ts";
import type { Registry } from "../registry/registry.ts";
import { clockworksOf, HOURLY } from "../schedule/clocks.ts";
import { OccurrenceStore } from "../schedule/occurrence-store.ts";
import { ScheduleWork } from "../schedule/schedule-work.ts";
import { TimerPlanner, type WhoseClock } from "../schedule/timer-planner.ts";
import { Timetable } from "../schedule/timetable.ts";
import { timersOf } from "../schedule/timers.ts";
import type { Settings } from "../settings/settings.ts";
import { DATABASE, LOG, once } from "./parts.ts";

/** What turns time into events and jobs. */
export function registerSchedule(
  c: DependencyContainer,
  registry: Registry,
  settings: Settings,
): void {
  const timers = timersOf(settings.config, registry.instances.values());
  once(c, OccurrenceStore, () => new OccurrenceStore(c.resolve(DATABASE)));
  once(
    c,
    TimerPlanner,
    () => new TimerPlanner(c.resolve(OccurrenceStore), timers, (id) => whoseClock(registry, id)),
  );
  once(c, Timetable, () => {
    const clockworks = clockworksOf(registry.instances.values());
    const isHeard = connectionsWithHours(c.resolve(HandlerTable), registry).length > 0;
    return new Timetable(timers, isHeard ? [...clockworks, HOURLY] : clockworks);
  });
  once(c, ScheduleWork, () => {
    return new ScheduleWork({
      db: c.resolve(DATABASE),
      facts: c.resolve(FactStore),
      occurrences: c.resolve(OccurrenceStore),
      subjects: c.resolve(SubjectStore),
      events: c.resolve(EventStore),
      jobs: c.resolve(JobStore),
      counters: c.resolve(CounterStore),
      planner: c.resolve(TimerPlanner),
      timetable: c.resolve(Timetable),
      connections: [...registry.connections.keys()],
      hourly: connectionsWithHours(c.resolve(HandlerTable), registry),
      onJobs: () => {
        c.resolve(Worker).wake.call();
      },
      log: c.resolve(LOG),
    });
  });
}

function whoseClock({ connections }: Registry, id: string): WhoseClock {
  const connection = connections.get(id);
  return connection?.integration.source?.clock?.(connection.settings) ?? "own";
}

/** An hour that nobody listens to leaves no events. */
function connectionsWithHours({ entries }: HandlerTable, registry: Registry): string[] {
  const listening = [...entries.values()].filter(({ handler }) =>
    handler.on.includes("clock.hourly"),
  );
  return [...registry.connections.keys()].filter(
    (id) =>
      whoseClock(registry, id) !== "source" &&
      listening.some(({ when }) => when.connections?.includes(id) ?? true),
  );
}
