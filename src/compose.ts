import "reflect-metadata";

import { join } from "node:path";

import type { Router } from "express";
import {
  container as root,
  type DependencyContainer,
  instanceCachingFactory,
  type InjectionToken,
} from "tsyringe";

import { AlertWork } from "./alerts/alert-work.ts";
import { AwayAlarm } from "./alerts/away-alarm.ts";
import { createAlerts, tellersOf } from "./alerts/create-alerts.ts";
import { createApi } from "./api/api.ts";
import { createApp } from "./api/app.ts";
import { Bellhop } from "./bellhop.ts";
import { CounterStore } from "./db/counter-store.ts";
import type { Database } from "./db/database.ts";
import { FactStore } from "./db/fact-store.ts";
import { HourlyCounts } from "./db/hourly-counts.ts";
import { Ownership } from "./db/ownership.ts";
import { DryRuns } from "./dispatch/dry-run.ts";
import { GuestMailBrake } from "./dispatch/guest-mail-brake.ts";
import { HandlerLimits } from "./dispatch/handler-limits.ts";
import { HandlerTable } from "./dispatch/handler-table.ts";
import { JobStore } from "./dispatch/job-store.ts";
import { LaneStore } from "./dispatch/lane-store.ts";
import { PauseStore } from "./dispatch/pause-store.ts";
import { SettleStore } from "./dispatch/settle-store.ts";
import { Shadow } from "./dispatch/shadow.ts";
import type { JobTools } from "./dispatch/run-job.ts";
import { Worker } from "./dispatch/worker.ts";
import { EffectStore } from "./effects/effect-store.ts";
import { httpClient } from "./http/http-client.ts";
import { GroupCommit } from "./inbox/group-commit.ts";
import { InboxStore, type NewDelivery } from "./inbox/inbox-store.ts";
import { IntakeLoad } from "./inbox/intake-load.ts";
import { Mailroom } from "./mail/mailroom.ts";
import { learnedOf } from "./normalize/learned.ts";
import { EventStore } from "./normalize/event-store.ts";
import { NormalizeStore } from "./normalize/normalize-store.ts";
import type { ConnectionNormalizer } from "./normalize/connection-normalizer.ts";
import { type Besides, Normalizers } from "./normalize/normalizers.ts";
import { SubjectStore } from "./normalize/subject-store.ts";
import { productTemplates } from "./paths.ts";
import { createPdf } from "./pdf/pdf.ts";
import { Retention } from "./retention/retention.ts";
import { RetentionStore } from "./retention/retention-store.ts";
import { ReplayWork } from "./queries/replay-work.ts";
import { DailyReport } from "./queries/daily-report.ts";
import { Replays } from "./queries/replays.ts";
import { createHookReceiver } from "./receive/hook-receiver.ts";
import { HookTokens } from "./receive/hook-tokens.ts";
import { Metrics } from "./receive/metrics.ts";
import { Readiness } from "./receive/readiness.ts";
import { ReceiveStats } from "./receive/receive-stats.ts";
import { RejectedTally } from "./receive/rejected-tally.ts";
import { ComparedDays } from "./reconcile/compared-days.ts";
import { ComparisonStore } from "./reconcile/comparison-store.ts";
import { DifferenceStore } from "./reconcile/difference-store.ts";
import { Reconciler } from "./reconcile/reconciler.ts";
import type { LoadedConnection, Registry } from "./registry/registry.ts";
import { StartChecks } from "./registry/start-checks.ts";
import type { Role } from "./roles.ts";
import type { Clock, HttpClient, Log, Pdf } from "./sdk/context.ts";
import type { Mode } from "./settings/config-schema.ts";
import { connectionDefaults, type Settings } from "./settings/settings.ts";
import { Drain } from "./spool/drain.ts";
import { Intake } from "./spool/intake.ts";
import type { Spool } from "./spool/spool.ts";
import { createTemplates, type TemplateStore } from "./templates/template-store.ts";

const REFUSED_PAUSE_MS = 60_000;

/** What is there before anything is composed: read, opened and checked. */
export interface Foundation {
  settings: Settings;
  registry: Registry;
  db: Database;
  roles: ReadonlySet<Role>;
  log: Log;
  /** Only where deliveries are received beside a database server. */
  spool: Spool | undefined;
  /** True when the database has not been there yet. */
  isDatabaseLate: boolean;
  /** Asks the database whether it is there, and brings its tables up to date. */
  prepareDatabase: () => Promise<void>;
}

// The places where one implementation stands for another: the store, the clock, what goes outside.
export const DATABASE: InjectionToken<Database> = Symbol("database");
export const CLOCK: InjectionToken<Clock> = Symbol("clock");
export const HTTP: InjectionToken<HttpClient> = Symbol("http");
export const LOG: InjectionToken<Log> = Symbol("log");
export const MAILROOM: InjectionToken<Mailroom> = Symbol("mailroom");
export const TEMPLATES: InjectionToken<TemplateStore> = Symbol("templates");
export const PDF: InjectionToken<Pdf> = Symbol("pdf");
export const INBOX: InjectionToken<GroupCommit<NewDelivery>> = Symbol("inbox");

const DAY_MS = 24 * 60 * 60_000;

/** What there is without a store. */
type Basis = Pick<Foundation, "settings" | "registry" | "log"> & Partial<Pick<Foundation, "db">>;

/** The composition root; nothing else knows the container. */
export function compose(
  foundation: Foundation,
  override?: (container: DependencyContainer) => void,
): DependencyContainer {
  const c = composeTools(foundation);
  once(c, DATABASE, () => foundation.db);
  registerStores(c, foundation);
  registerSteps(c, foundation);
  registerFaces(c, foundation);
  override?.(c); // before the first resolve: a cached instance keeps the parts it was built with
  return c;
}

/** What handlers borrow and checks try, for a process that opens no store. */
export function composeTools(basis: Basis): DependencyContainer {
  const c = root.createChildContainer();
  once(c, LOG, () => basis.log);
  once(c, CLOCK, () => ({ now: Date.now }));
  once(c, HTTP, () => httpClient);
  registerTools(c, basis);
  once(c, StartChecks, () => makeStartChecks(c, basis));
  return c;
}

/** Registers a factory that runs at most once. */
function once<T>(
  c: DependencyContainer,
  token: InjectionToken<T>,
  make: (c: DependencyContainer) => T,
): void {
  c.register(token, { useFactory: instanceCachingFactory(make) });
}

function registerTools(c: DependencyContainer, { settings }: Basis): void {
  const { templatePaths } = settings.config;
  once(c, TEMPLATES, () => createTemplates({ folders: [...templatePaths, productTemplates] }));
  once(c, PDF, () =>
    createPdf({
      templates: c.resolve(TEMPLATES),
      imageFolders: [...templatePaths, settings.configFolder],
    }),
  );
  once(c, MAILROOM, () => new Mailroom(settings, c.resolve(CLOCK), c.resolve(LOG)));
}

function registerStores(c: DependencyContainer, { registry, settings }: Foundation): void {
  once(c, CounterStore, () => new CounterStore(c.resolve(DATABASE)));
  once(c, FactStore, () => new FactStore(c.resolve(DATABASE)));
  once(c, HourlyCounts, () => new HourlyCounts(c.resolve(DATABASE)));
  once(c, InboxStore, () => new InboxStore(c.resolve(DATABASE)));
  once(c, SubjectStore, () => new SubjectStore(c.resolve(DATABASE)));
  once(c, DifferenceStore, () => new DifferenceStore(c.resolve(DATABASE)));
  once(c, ComparisonStore, () => new ComparisonStore(c.resolve(DATABASE)));
  once(c, EventStore, () => new EventStore());
  once(c, EffectStore, () => new EffectStore(c.resolve(DATABASE)));
  once(c, LaneStore, () => new LaneStore(c.resolve(DATABASE)));
  once(c, PauseStore, () => new PauseStore(c.resolve(DATABASE)));
  once(c, Shadow, () => makeShadow(c, settings));
  once(c, HandlerTable, () => new HandlerTable(registry.instances.values()));
  once(
    c,
    JobStore,
    () => new JobStore(c.resolve(DATABASE), c.resolve(HandlerTable), c.resolve(CounterStore)),
  );
  once(c, SettleStore, () => new SettleStore(c.resolve(DATABASE), c.resolve(CounterStore)));
  once(
    c,
    NormalizeStore,
    () =>
      new NormalizeStore({
        db: c.resolve(DATABASE),
        inbox: c.resolve(InboxStore),
        subjects: c.resolve(SubjectStore),
        events: c.resolve(EventStore),
        jobs: c.resolve(JobStore),
        counters: c.resolve(CounterStore),
      }),
  );
}

function registerFaces(c: DependencyContainer, foundation: Foundation): void {
  once(c, DryRuns, () => makeDryRuns(c, foundation));
  once(
    c,
    Replays,
    () =>
      new Replays({
        db: c.resolve(DATABASE),
        inbox: c.resolve(InboxStore),
        jobs: c.resolve(JobStore),
        counters: c.resolve(CounterStore),
        load: c.resolve(IntakeLoad),
      }),
  );
}

function registerSteps(c: DependencyContainer, foundation: Foundation): void {
  once(c, IntakeLoad, () => new IntakeLoad());
  once(c, ReceiveStats, () => new ReceiveStats());
  once(c, RejectedTally, () => {
    const [stats, hourly] = [c.resolve(ReceiveStats), c.resolve(HourlyCounts)];
    return new RejectedTally({ stats, hourly, log: c.resolve(LOG) });
  });
  const { spool } = foundation;
  once(c, Metrics, () => new Metrics(c.resolve(ReceiveStats), spool));
  once(c, Intake, () => makeIntake(c, foundation));
  once(c, Readiness, () => {
    const [db, stats, intake] = [c.resolve(DATABASE), c.resolve(ReceiveStats), c.resolve(Intake)];
    return new Readiness({ db, stats, intake, spool });
  });
  once(c, INBOX, () => makeInbox(c));
  once(c, Ownership, () => makeOwnership(c, foundation));
  once(c, AlertWork, () => makeAlerts(c, foundation));
  once(c, Normalizers, () => makeNormalizers(c, foundation));
  once(c, Worker, () => makeWorker(c, foundation));
  once(c, Retention, () => makeRetention(c, foundation));
  once(c, Bellhop, () => makeBellhop(c, foundation));
}

/** With the work that is not a connection's, nor a handler's. */
function makeOwnership(c: DependencyContainer, { roles, settings }: Foundation): Ownership {
  const ownership = new Ownership(c.resolve(DATABASE), c.resolve(LOG));
  ownership.add("replays", new ReplayWork(c.resolve(Replays), c.resolve(LOG)));
  if (roles.has("work")) {
    ownership.add("alerts", c.resolve(AlertWork));
    ownership.add("reports", makeDailyReport(c, settings));
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

function makeInbox(c: DependencyContainer): GroupCommit<NewDelivery> {
  const [intake, metrics, log] = [c.resolve(Intake), c.resolve(Metrics), c.resolve(LOG)];
  return new GroupCommit<NewDelivery>({
    write: (deliveries) => intake.write(deliveries),
    isUnavailable: (error) => intake.isUnavailable(error),
    bytesOf: ({ body, query }) => body.length + query.length,
    onCommit: (rows, durationMs) => {
      metrics.noteCommit(rows, durationMs);
    },
    onFault: (error) => {
      log.error({ error }, "could not answer a stored request");
    },
  });
}

function makeAwayAlarm(c: DependencyContainer, { config }: Settings, spool: Spool): AwayAlarm {
  const intake = c.resolve(Intake);
  const tools = { mailroom: c.resolve(MAILROOM), http: c.resolve(HTTP), clock: c.resolve(CLOCK) };
  return new AwayAlarm({
    spool: () => ({
      isSpooling: intake.isSpooling,
      rows: spool.rows,
      usedFraction: spool.usedFraction,
    }),
    tellers: tellersOf(config, tools),
    file: join(spool.folder, "incident.json"),
    clock: tools.clock,
    log: c.resolve(LOG),
  });
}

function makeIntake(c: DependencyContainer, { spool, isDatabaseLate }: Foundation): Intake {
  const parts = {
    db: c.resolve(DATABASE),
    inbox: c.resolve(InboxStore),
    spool,
    onStored: wakeNormalizers(c),
    log: c.resolve(LOG),
  };
  return new Intake(parts, !isDatabaseLate);
}

function makeDrain(c: DependencyContainer, spool: Spool): Drain {
  return new Drain({
    db: c.resolve(DATABASE),
    inbox: c.resolve(InboxStore),
    facts: c.resolve(FactStore),
    spool,
    onStored: wakeNormalizers(c),
    log: c.resolve(LOG),
  });
}

function wakeNormalizers(c: DependencyContainer) {
  return (connections: ReadonlySet<string>) => {
    for (const id of connections) c.resolve(Normalizers).wake(id);
  };
}

interface OfConnection {
  connection: LoadedConnection;
  since: number;
  normalizer: ConnectionNormalizer;
}

function makeNormalizers(c: DependencyContainer, foundation: Foundation): Normalizers {
  const metrics = c.resolve(Metrics);
  const parts = {
    db: c.resolve(DATABASE),
    facts: c.resolve(FactStore),
    inbox: c.resolve(InboxStore),
    store: c.resolve(NormalizeStore),
    tools: { http: c.resolve(HTTP), clock: c.resolve(CLOCK), log: c.resolve(LOG) },
    load: c.resolve(IntakeLoad),
    onJobs: () => {
      // A command compares, and leaves jobs to the service.
      if (foundation.roles.has("work")) c.resolve(Worker).wake.call();
    },
    onCommit: (connection: string, { finished, events }: { finished: number; events: number }) => {
      metrics.noteNormalized(connection, finished, events);
    },
  };
  const besides: Besides = (connection, since, normalizer) =>
    makeReconciler(c, foundation, { connection, since, normalizer });
  return new Normalizers(parts, c.resolve(Ownership), besides);
}

/** Only for sources that have lists, and whose settings have what lists ask for. */
function makeReconciler(
  c: DependencyContainer,
  { settings }: Foundation,
  { connection, since, normalizer }: OfConnection,
): Reconciler | undefined {
  const { lists } = connection.integration.source ?? {};
  if (!lists?.isReady(connection.settings)) return undefined;
  const db = c.resolve(DATABASE);
  return new Reconciler({
    connection,
    lists,
    since,
    db,
    inbox: c.resolve(InboxStore),
    subjects: c.resolve(SubjectStore),
    differences: c.resolve(DifferenceStore),
    comparisons: c.resolve(ComparisonStore),
    days: new ComparedDays(db),
    facts: c.resolve(FactStore),
    fetcher: normalizer.fetcher,
    health: normalizer.health,
    clock: c.resolve(CLOCK),
    rules: settings.config.reconcile,
    onEntered: () => {
      normalizer.wake.call();
    },
    log: c.resolve(LOG),
  });
}

function makeWorker(c: DependencyContainer, { settings }: Foundation): Worker {
  const [handlers, lanes] = [c.resolve(HandlerTable), c.resolve(LaneStore)];
  return new Worker({
    db: c.resolve(DATABASE),
    handlers,
    lanes,
    limits: new HandlerLimits(handlers, c.resolve(Ownership), lanes),
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

function makeJobTools(c: DependencyContainer, settings: Settings): JobTools {
  const [mailroom, log] = [c.resolve(MAILROOM), c.resolve(LOG)];
  const { perHour } = settings.config.mail.brake;
  const stores = { db: c.resolve(DATABASE), pauses: c.resolve(PauseStore) };
  const brake = new GuestMailBrake({ ...stores, log, perHour });
  return {
    log,
    clock: c.resolve(CLOCK),
    http: c.resolve(HTTP),
    pdf: c.resolve(PDF),
    templates: c.resolve(TEMPLATES),
    effects: c.resolve(EffectStore),
    shadow: c.resolve(Shadow),
    connectionOf: (id) => connectionDefaults(settings, id),
    mailOf: (id, handler) => {
      const mail = mailroom.of(id);
      // Simulated guests cannot be flooded: nothing of theirs leaves this machine.
      return settings.config.connections[id]?.simulated ? mail : brake.guard(mail, handler);
    },
    giveUpAfterMs: settings.config.retries.giveUpDays * DAY_MS,
  };
}

function makeShadow(c: DependencyContainer, { config }: Settings): Shadow {
  const modes = (places: Readonly<Record<string, { mode: Mode }>>) =>
    new Map(Object.entries(places).map(([id, { mode }]) => [id, mode]));
  return new Shadow({
    db: c.resolve(DATABASE),
    facts: c.resolve(FactStore),
    clock: c.resolve(CLOCK),
    connections: modes(config.connections),
    instances: modes(config.integrations),
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

function makeStartChecks(c: DependencyContainer, { registry, db }: Basis): StartChecks {
  const facts = db && new FactStore(db);
  const mailroom = c.resolve(MAILROOM);
  return new StartChecks(registry, {
    log: c.resolve(LOG),
    clock: c.resolve(CLOCK),
    http: c.resolve(HTTP),
    pdf: c.resolve(PDF),
    templates: c.resolve(TEMPLATES),
    mailOf: (id) => mailroom.of(id),
    learnedOf: async (id) => (facts ? learnedOf(facts, id) : {}),
    holdHandler: (handler, reason) =>
      c.resolve(PauseStore).pause(handler, "refused", reason, REFUSED_PAUSE_MS),
  });
}

function makeBellhop(c: DependencyContainer, foundation: Foundation): Bellhop {
  const { settings, registry, roles, spool } = foundation;
  const connections = Object.entries(settings.config.connections);
  const receiver = createHookReceiver({
    tokens: new HookTokens(connections.map(([id, { tokens }]) => ({ id, tokens }))),
    limits: settings.config.limits,
    inbox: c.resolve(INBOX),
    load: c.resolve(IntakeLoad),
    stats: c.resolve(ReceiveStats),
    log: c.resolve(LOG),
  });
  const mailroom = c.resolve(MAILROOM);
  c.resolve(Retention).join(c.resolve(Ownership));
  return new Bellhop({
    settings,
    registry,
    roles,
    db: c.resolve(DATABASE),
    prepareDatabase: foundation.isDatabaseLate ? foundation.prepareDatabase : undefined,
    receiver,
    inbox: c.resolve(INBOX),
    stats: c.resolve(ReceiveStats),
    rejected: c.resolve(RejectedTally),
    intake: c.resolve(Intake),
    spool: spool && {
      files: spool,
      drain: makeDrain(c, spool),
      alarm: makeAwayAlarm(c, settings, spool),
    },
    app: createApp({
      readiness: c.resolve(Readiness),
      metrics: c.resolve(Metrics),
      ...(roles.has("console") && { api: makeApi(c, foundation) }),
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
    token: apiToken,
    jobs: c.resolve(JobStore),
    pauses,
    handlers,
    dryRuns: c.resolve(DryRuns),
    replays: c.resolve(Replays),
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
