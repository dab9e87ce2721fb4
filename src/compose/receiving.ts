import { join } from "node:path";

import type { DependencyContainer } from "tsyringe";

import { AwayAlarm } from "../alerts/away-alarm.ts";
import { tellersOf } from "../alerts/create-alerts.ts";
import { FactStore } from "../db/fact-store.ts";
import { HourlyCounts } from "../db/hourly-counts.ts";
import { GroupCommit } from "../inbox/group-commit.ts";
import { InboxStore, type NewDelivery } from "../inbox/inbox-store.ts";
import { IntakeLoad } from "../inbox/intake-load.ts";
import { Normalizers } from "../normalize/normalizers.ts";
import { createHookReceiver } from "../receive/hook-receiver.ts";
import { HookTokens } from "../receive/hook-tokens.ts";
import { Metrics } from "../receive/metrics.ts";
import { Readiness } from "../receive/readiness.ts";
import { ReceiveStats } from "../receive/receive-stats.ts";
import { RejectedTally } from "../receive/rejected-tally.ts";
import type { Settings } from "../settings/settings.ts";
import { Drain } from "../spool/drain.ts";
import { Intake } from "../spool/intake.ts";
import type { Spool } from "../spool/spool.ts";
import { CLOCK, DATABASE, type Foundation, HTTP, INBOX, LOG, MAILROOM, once } from "./parts.ts";

/** From the first byte to the stored delivery. */
export function registerReceiving(c: DependencyContainer, foundation: Foundation): void {
  const { spool } = foundation;
  once(c, IntakeLoad, () => new IntakeLoad());
  once(c, ReceiveStats, () => new ReceiveStats());
  once(c, RejectedTally, () => {
    const [stats, hourly] = [c.resolve(ReceiveStats), c.resolve(HourlyCounts)];
    return new RejectedTally({ stats, hourly, log: c.resolve(LOG) });
  });
  once(c, Metrics, () => new Metrics(c.resolve(ReceiveStats), spool));
  once(c, Intake, () => makeIntake(c, foundation));
  once(c, Readiness, () => {
    const [db, stats, intake] = [c.resolve(DATABASE), c.resolve(ReceiveStats), c.resolve(Intake)];
    return new Readiness({ db, stats, intake, spool });
  });
  once(c, INBOX, () => makeInbox(c));
}

/** The receiver itself, as a middleware. */
export function makeReceiver(c: DependencyContainer, { config }: Settings) {
  const connections = Object.entries(config.connections);
  return createHookReceiver({
    tokens: new HookTokens(connections.map(([id, { tokens }]) => ({ id, tokens }))),
    limits: config.limits,
    inbox: c.resolve(INBOX),
    load: c.resolve(IntakeLoad),
    stats: c.resolve(ReceiveStats),
    log: c.resolve(LOG),
  });
}

/** What takes deliveries from the spool to the database, and tells when it is away. */
export function makeSpoolWork(c: DependencyContainer, { settings, spool }: Foundation) {
  return (
    spool && {
      files: spool,
      drain: makeDrain(c, spool),
      alarm: makeAwayAlarm(c, settings, spool),
    }
  );
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
