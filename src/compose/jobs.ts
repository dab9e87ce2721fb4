import type { DependencyContainer } from "tsyringe";

import { ConnectedInstances } from "../connect/connected-instances.ts";
import { CounterStore } from "../db/counter-store.ts";
import { Ownership } from "../db/ownership.ts";
import { FactStore } from "../db/fact-store.ts";
import { BookingDocuments } from "../dispatch/booking-documents.ts";
import { FirstUse } from "../dispatch/first-use.ts";
import { DryRuns } from "../dispatch/dry-run.ts";
import { GuestMailBrake } from "../dispatch/guest-mail-brake.ts";
import { HandlerLimits } from "../dispatch/handler-limits.ts";
import { HandlerTable } from "../dispatch/handler-table.ts";
import { JobStore } from "../dispatch/job-store.ts";
import { LaneStore } from "../dispatch/lane-store.ts";
import { PauseStore } from "../dispatch/pause-store.ts";
import type { JobTools } from "../dispatch/run-job.ts";
import { SettleStore } from "../dispatch/settle-store.ts";
import { Shadow } from "../dispatch/shadow.ts";
import { Worker } from "../dispatch/worker.ts";
import { EffectStore } from "../effects/effect-store.ts";
import { InboxStore } from "../inbox/inbox-store.ts";
import { IntakeLoad } from "../inbox/intake-load.ts";
import { PersonRegister } from "../people/person-register.ts";
import { activityIn } from "../queries/activity.ts";
import { Replays } from "../queries/replays.ts";
import { Metrics } from "../receive/metrics.ts";
import { connectionDefaults, type Settings } from "../settings/settings.ts";
import {
  CLOCK,
  DATABASE,
  type Foundation,
  HTTP,
  LOG,
  MAILROOM,
  once,
  PDF,
  TEMPLATES,
} from "./parts.ts";

const DAY_MS = 24 * 60 * 60_000;

/** What runs jobs, and what puts them right. */
export function registerJobs(c: DependencyContainer, foundation: Foundation): void {
  once(c, BookingDocuments, () => makeDocuments(c, foundation));
  once(c, Worker, () => {
    const [handlers, ownership] = [c.resolve(HandlerTable), c.resolve(Ownership)];
    return makeWorker(c, foundation, { handlers, ownership });
  });
  once(c, DryRuns, () => makeDryRuns(c, foundation));
  once(c, Replays, () => makeReplays(c));
}

export interface WorkerScope {
  /** Whose jobs are run. */
  handlers: Pick<HandlerTable, "entries">;
  /** Of those that have a limit. */
  ownership: Ownership;
}

export function makeWorker(
  c: DependencyContainer,
  { settings }: Foundation,
  { handlers, ownership }: WorkerScope,
): Worker {
  const lanes = c.resolve(LaneStore);
  return new Worker({
    db: c.resolve(DATABASE),
    handlers,
    lanes,
    limits: new HandlerLimits(handlers, ownership, lanes),
    jobs: c.resolve(JobStore),
    settle: c.resolve(SettleStore),
    pauses: c.resolve(PauseStore),
    load: c.resolve(IntakeLoad),
    onAttempt: (handler, outcome) => {
      c.resolve(Metrics).noteAttempt(handler, outcome);
    },
    tools: makeJobTools(c, settings),
  });
}

function makeDryRuns(c: DependencyContainer, { settings }: Foundation): DryRuns {
  return new DryRuns({
    db: c.resolve(DATABASE),
    handlers: c.resolve(HandlerTable),
    tools: makeJobTools(c, settings),
  });
}

function makeDocuments(
  c: DependencyContainer,
  { registry, settings }: Foundation,
): BookingDocuments {
  return new BookingDocuments(registry.instances.values(), {
    clock: c.resolve(CLOCK),
    pdf: c.resolve(PDF),
    templates: c.resolve(TEMPLATES),
    connectionOf: (id) => connectionDefaults(settings, id),
  });
}

function makeJobTools(c: DependencyContainer, settings: Settings): JobTools {
  const [mailroom, log] = [c.resolve(MAILROOM), c.resolve(LOG)];
  const { perHour } = settings.config.mail.brake;
  const stores = { db: c.resolve(DATABASE), pauses: c.resolve(PauseStore) };
  const brake = new GuestMailBrake({ ...stores, log, perHour });
  return {
    log,
    clock: c.resolve(CLOCK),
    dataFolder: settings.dataFolder,
    http: c.resolve(HTTP),
    pdf: c.resolve(PDF),
    templates: c.resolve(TEMPLATES),
    effects: c.resolve(EffectStore),
    people: c.resolve(PersonRegister),
    activity: (window, connections) => activityIn(c.resolve(DATABASE), window, connections),
    documents: c.resolve(BookingDocuments),
    firstUse: new FirstUse(c.resolve(FactStore), c.resolve(CLOCK)),
    shadow: c.resolve(Shadow),
    connectionOf: (id) => connectionDefaults(settings, id),
    mailOf: (id, handler) => {
      const mail = mailroom.of(id);
      // Simulated guests cannot be flooded: nothing of theirs leaves this machine.
      return settings.config.connections[id]?.simulated ? mail : brake.guard(mail, handler);
    },
    tokensOf: (id) => c.resolve(ConnectedInstances).of(id),
    giveUpAfterMs: settings.config.retries.giveUpDays * DAY_MS,
  };
}

function makeReplays(c: DependencyContainer): Replays {
  return new Replays({
    db: c.resolve(DATABASE),
    inbox: c.resolve(InboxStore),
    jobs: c.resolve(JobStore),
    counters: c.resolve(CounterStore),
    load: c.resolve(IntakeLoad),
  });
}
