import type { Router } from "express";
import type { DependencyContainer } from "tsyringe";

import { createApi } from "../api/api.ts";
import { createApp } from "../api/app.ts";
import { Bellhop } from "../bellhop.ts";
import { calendarsOf } from "../calendars/calendar.ts";
import { calendarRoutes } from "../calendars/routes.ts";
import { Connector } from "../connect/connector.ts";
import { connectRoutes } from "../connect/routes.ts";
import { EffectStore } from "../effects/effect-store.ts";
import { FactStore } from "../db/fact-store.ts";
import { Ownership } from "../db/ownership.ts";
import { DryRuns } from "../dispatch/dry-run.ts";
import { HandlerTable } from "../dispatch/handler-table.ts";
import { JobStore } from "../dispatch/job-store.ts";
import { PauseStore } from "../dispatch/pause-store.ts";
import { Worker } from "../dispatch/worker.ts";
import { IntakeLoad } from "../inbox/intake-load.ts";
import { Normalizers } from "../normalize/normalizers.ts";
import { Replays } from "../queries/replays.ts";
import { Metrics } from "../receive/metrics.ts";
import { Readiness } from "../receive/readiness.ts";
import { ReceiveStats } from "../receive/receive-stats.ts";
import { RejectedTally } from "../receive/rejected-tally.ts";
import { StartChecks } from "../registry/start-checks.ts";
import { Retention } from "../retention/retention.ts";
import { OccurrenceStore } from "../schedule/occurrence-store.ts";
import { Timetable } from "../schedule/timetable.ts";
import { Intake } from "../spool/intake.ts";
import { CLOCK, DATABASE, type Foundation, INBOX, LOG, MAILROOM, once } from "./parts.ts";
import { makeReceiver, makeSpoolWork } from "./receiving.ts";

/** The whole service, with its API. */
export function registerService(c: DependencyContainer, foundation: Foundation): void {
  once(c, Bellhop, () => makeBellhop(c, foundation));
}

function makeBellhop(c: DependencyContainer, foundation: Foundation): Bellhop {
  const { settings, registry, roles } = foundation;
  const mailroom = c.resolve(MAILROOM);
  c.resolve(Retention).join(c.resolve(Ownership));
  return new Bellhop({
    settings,
    registry,
    roles,
    db: c.resolve(DATABASE),
    prepareDatabase: foundation.isDatabaseLate ? foundation.prepareDatabase : undefined,
    receiver: makeReceiver(c, settings),
    inbox: c.resolve(INBOX),
    stats: c.resolve(ReceiveStats),
    rejected: c.resolve(RejectedTally),
    intake: c.resolve(Intake),
    spool: makeSpoolWork(c, foundation),
    app: createApp({
      readiness: c.resolve(Readiness),
      metrics: c.resolve(Metrics),
      connect: connectRoutes(c.resolve(Connector), c.resolve(LOG)),
      ...(roles.has("console") && {
        api: makeApi(c, foundation),
        calendars: makeCalendars(c, foundation),
      }),
    }),
    normalizers: c.resolve(Normalizers),
    worker: c.resolve(Worker),
    checks: c.resolve(StartChecks),
    closeMail: () => {
      mailroom.close();
    },
    log: c.resolve(LOG),
  });
}

function makeCalendars(c: DependencyContainer, { settings }: Foundation): Router {
  return calendarRoutes({
    calendars: calendarsOf(settings.config),
    db: c.resolve(DATABASE),
    clock: c.resolve(CLOCK),
    log: c.resolve(LOG),
    relief: () => c.resolve(IntakeLoad).relief(),
  });
}

function makeApi(c: DependencyContainer, { settings, spool }: Foundation): Router {
  const { apiToken, config } = settings;
  const [db, pauses, handlers] = [
    c.resolve(DATABASE),
    c.resolve(PauseStore),
    c.resolve(HandlerTable),
  ];
  const connections = Object.entries(config.connections);
  const tokens = connections.flatMap(([, connection]) => connection.tokens);
  return createApi({
    db,
    books: { db, pauses, effects: c.resolve(EffectStore), clock: c.resolve(CLOCK) },
    token: apiToken,
    jobs: c.resolve(JobStore),
    pauses,
    handlers,
    dryRuns: c.resolve(DryRuns),
    replays: c.resolve(Replays),
    timetable: c.resolve(Timetable),
    occurrences: c.resolve(OccurrenceStore),
    status: {
      db,
      pauses,
      facts: c.resolve(FactStore),
      spool,
      clock: c.resolve(CLOCK),
      handlers: [...handlers.entries.values()],
      connections: connections.map(([id, { source, mode, simulated }]) => ({
        ...{ id, source, mode, simulated },
      })),
      mailMode: config.mail.mode,
    },
    secrets: apiToken === undefined ? tokens : [...tokens, apiToken],
    log: c.resolve(LOG),
  });
}
