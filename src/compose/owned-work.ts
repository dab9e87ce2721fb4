import type { DependencyContainer } from "tsyringe";

import { AlertWork } from "../alerts/alert-work.ts";
import { createAlerts } from "../alerts/create-alerts.ts";
import { FactStore } from "../db/fact-store.ts";
import { HourlyCounts } from "../db/hourly-counts.ts";
import { Ownership } from "../db/ownership.ts";
import { HandlerTable } from "../dispatch/handler-table.ts";
import { PauseStore } from "../dispatch/pause-store.ts";
import { IntakeLoad } from "../inbox/intake-load.ts";
import { SubjectFilling } from "../normalize/subject-filling.ts";
import { Identity } from "../people/identity.ts";
import { DailyReport } from "../queries/daily-report.ts";
import { ReplayWork } from "../queries/replay-work.ts";
import { Replays } from "../queries/replays.ts";
import { RetentionStore } from "../retention/retention-store.ts";
import { Retention } from "../retention/retention.ts";
import { ScheduleWork } from "../schedule/schedule-work.ts";
import type { Settings } from "../settings/settings.ts";
import { SyncWork } from "../sync/sync-work.ts";
import { CLOCK, DATABASE, type Foundation, HTTP, LOG, MAILROOM, once } from "./parts.ts";

/** Work that one process does for all: alerts, reports, replays, retention. */
export function registerOwnedWork(c: DependencyContainer, foundation: Foundation): void {
  once(c, Ownership, () => makeOwnership(c, foundation));
  once(c, AlertWork, () => makeAlerts(c, foundation));
  once(c, Retention, () => makeRetention(c, foundation));
}

/** With the work that is not a connection's, nor a handler's. */
function makeOwnership(c: DependencyContainer, { roles, settings }: Foundation): Ownership {
  const ownership = new Ownership(c.resolve(DATABASE), c.resolve(LOG));
  ownership.add("replays", new ReplayWork(c.resolve(Replays), c.resolve(LOG)));
  if (roles.has("work")) {
    ownership.add("alerts", c.resolve(AlertWork));
    ownership.add("reports", makeDailyReport(c, settings));
    ownership.add("schedule", c.resolve(ScheduleWork));
    ownership.add("subjects", makeSubjectFilling(c));
    ownership.add("sync", c.resolve(SyncWork));
  }
  return ownership;
}

function makeAlerts(c: DependencyContainer, { settings }: Foundation): AlertWork {
  return createAlerts(settings.config, {
    db: c.resolve(DATABASE),
    facts: c.resolve(FactStore),
    hourly: c.resolve(HourlyCounts),
    pauses: c.resolve(PauseStore),
    mailroom: c.resolve(MAILROOM),
    http: c.resolve(HTTP),
    clock: c.resolve(CLOCK),
    log: c.resolve(LOG),
    handlers: [...c.resolve(HandlerTable).entries.keys()],
  });
}

function makeSubjectFilling(c: DependencyContainer): SubjectFilling {
  return new SubjectFilling({
    db: c.resolve(DATABASE),
    facts: c.resolve(FactStore),
    identity: c.resolve(Identity),
    log: c.resolve(LOG),
    relief: () => c.resolve(IntakeLoad).relief(),
  });
}

function makeDailyReport(c: DependencyContainer, { config }: Settings): DailyReport {
  const mailroom = c.resolve(MAILROOM);
  const isWanted = config.reconcile.report && config.mail.office !== undefined;
  return new DailyReport({
    db: c.resolve(DATABASE),
    office: isWanted ? (isSimulated) => mailroom.ofInstallation(isSimulated) : undefined,
    isSimulated: (connection) => config.connections[connection]?.simulated ?? false,
    clock: c.resolve(CLOCK),
    log: c.resolve(LOG),
  });
}

function makeRetention(c: DependencyContainer, { settings }: Foundation): Retention {
  return new Retention({
    ...settings.config.retention,
    store: new RetentionStore(c.resolve(DATABASE)),
    load: c.resolve(IntakeLoad),
    log: c.resolve(LOG),
  });
}
