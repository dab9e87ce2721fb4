import type { Database } from "../db/database.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { HourlyCounts } from "../db/hourly-counts.ts";
import type { PauseStore } from "../dispatch/pause-store.ts";
import type { Mailroom } from "../mail/mailroom.ts";
import type { Clock, HttpClient, Log } from "../sdk/context.ts";
import type { Config } from "../settings/config-schema.ts";
import { AlertWork } from "./alert-work.ts";
import { IncidentStore } from "./incident-store.ts";
import { NoticeStore } from "./notice-store.ts";
import { mailTeller, type Teller, webhookTeller } from "./tellers.ts";
import { Watch } from "./watch.ts";

export interface AlertTools {
  db: Database;
  facts: FactStore;
  hourly: HourlyCounts;
  pauses: PauseStore;
  mailroom: Mailroom;
  http: HttpClient;
  clock: Clock;
  log: Log;
  /** Ids of the configured handlers. */
  handlers: readonly string[];
  /** How often it is looked; default: every 30 s. */
  roundMs?: number;
}

/** The watch over one installation, as its configuration wants it. */
export function createAlerts(config: Config, tools: AlertTools): AlertWork {
  const { db, facts, hourly, pauses, handlers, log, roundMs } = tools;
  const { alerts, connections } = config;
  const backlogMs = alerts.backlogMinutes * 60_000;
  const known = Object.entries(connections).map(([id, { simulated }]) => ({ id, simulated }));
  return new AlertWork({
    watch: new Watch({ db, facts, hourly, connections: known.map(({ id }) => id), backlogMs }),
    signs: { db, facts, hourly, pauses, connections: known, handlers },
    rules: { backlogMs, silence: alerts.silence },
    incidents: new IncidentStore(db),
    notices: new NoticeStore(db),
    tellers: tellersOf(config, tools),
    log,
    ...(roundMs !== undefined && { roundMs }),
  });
}

/** Whom the configuration wants to be told. */
export function tellersOf(
  { alerts, mail }: Config,
  { mailroom, http, clock }: Pick<AlertTools, "mailroom" | "http" | "clock">,
): Teller[] {
  const hasOffice = alerts.mail && mail.office !== undefined;
  return [
    ...(hasOffice ? [mailTeller((isSimulated) => mailroom.ofInstallation(isSimulated))] : []),
    ...(alerts.webhook ? [webhookTeller({ ...alerts.webhook, http, clock })] : []),
  ];
}
