import type { RequestListener, Server } from "node:http";

import type { AwayAlarm } from "./alerts/away-alarm.ts";
import type { Database } from "./db/database.ts";
import type { Worker } from "./dispatch/worker.ts";
import type { GroupCommit } from "./inbox/group-commit.ts";
import type { NewDelivery } from "./inbox/inbox-store.ts";
import type { Normalizers } from "./normalize/normalizers.ts";
import type { HookReceiver } from "./receive/hook-receiver.ts";
import type { ReceiveStats } from "./receive/receive-stats.ts";
import type { RejectedTally } from "./receive/rejected-tally.ts";
import { closeServer, createHttpServer, listen } from "./receive/http-server.ts";
import type { StartChecks } from "./registry/start-checks.ts";
import type { Registry } from "./registry/registry.ts";
import type { Role } from "./roles.ts";
import type { Log } from "./sdk/context.ts";
import type { Settings } from "./settings/settings.ts";
import type { Drain } from "./spool/drain.ts";
import type { Intake } from "./spool/intake.ts";
import type { Spool } from "./spool/spool.ts";
import { Trouble } from "./process/trouble.ts";
import { sleep } from "./process/sleep.ts";
import { messageOf } from "./sdk/errors.ts";

export interface BellhopParts {
  settings: Settings;
  registry: Registry;
  roles: ReadonlySet<Role>;
  db: Database;
  /** Only when the database was away at the start: asks whether it is there now. */
  prepareDatabase: (() => Promise<void>) | undefined;
  receiver: HookReceiver;
  inbox: GroupCommit<NewDelivery>;
  stats: ReceiveStats;
  rejected: RejectedTally;
  intake: Intake;
  /** Only where deliveries are received beside a database server. */
  spool: { files: Spool; drain: Drain; alarm: AwayAlarm } | undefined;
  app: RequestListener;
  normalizers: Normalizers;
  worker: Worker;
  checks: StartChecks;
  closeMail: () => void;
  log: Log;
}

/** How often a database that was away at the start is asked whether it has come. */
const LATE_ROUND_MS = 1_000;

type Step = () => Promise<void> | void;

/** The running program: starts its parts in the order of the journey, stops them in reverse. */
export class Bellhop {
  readonly #parts: BellhopParts;
  readonly #stopping = new AbortController();
  #server: Server | undefined;
  #late: Promise<void> = Promise.resolve();

  constructor(parts: BellhopParts) {
    this.#parts = parts;
  }

  /** For apps that bring their own server: mount it before any body parser. */
  get receiver(): HookReceiver {
    return this.#parts.receiver;
  }

  /** @returns the port it listens on; undefined when this process only works. */
  async start(): Promise<number | undefined> {
    await this.startWork();
    const { roles, settings, receiver, app } = this.#parts;
    if (!roles.has("receive") && !roles.has("console")) return undefined;
    const hooks = roles.has("receive") ? receiver : undefined;
    this.#server = createHttpServer(hooks, app, settings.config.limits, (status, reason) => {
      this.#parts.stats.noteRefused(status);
      this.#parts.log.warn({ status, reason }, "could not read a request");
    });
    return listen(this.#server, settings.host, settings.port);
  }

  /** Starts everything but the server; when the database is away, by itself as soon as it is there. */
  async startWork(): Promise<void> {
    const { prepareDatabase, spool, roles, rejected } = this.#parts;
    spool?.alarm.begin();
    if (roles.has("receive")) rejected.begin();
    if (prepareDatabase) {
      this.#late = this.#startLate(prepareDatabase);
      return;
    }
    for (const step of this.#steps()) await step();
  }

  /** Lets calls and jobs that are under way end, for as long as the settings say. */
  async stop(): Promise<void> {
    const { settings, spool, db, closeMail } = this.#parts;
    const graceMs = settings.config.shutdownSeconds * 1000;
    this.#stopping.abort(new Error("stopping"));
    await this.#late;
    await Promise.all([this.#stopReceiving(graceMs), this.#stopWork(graceMs)]);
    spool?.files.close();
    closeMail();
    await db.close();
  }

  async #stopReceiving(graceMs: number): Promise<void> {
    if (this.#server) await closeServer(this.#server, graceMs);
    await this.#parts.inbox.drained();
    await this.#parts.rejected.end();
  }

  async #stopWork(graceMs: number): Promise<void> {
    const { roles, spool, normalizers, worker, checks } = this.#parts;
    const drained = spool?.drain.stop(graceMs);
    await spool?.alarm.end();
    if (roles.has("work")) {
      checks.end();
      await Promise.all([normalizers.stop(), worker.stop(graceMs)]);
    }
    await drained;
  }

  /** What needs the database, in the order in which it is started. */
  #steps(): Step[] {
    const { roles, registry, normalizers, worker, checks, spool } = this.#parts;
    const drain = () => spool?.drain.start();
    if (!roles.has("work")) return [drain];
    return [
      drain,
      () => normalizers.start(registry.connections.values()),
      () => worker.start(),
      () => checks.begin(),
    ];
  }

  /** Each step is tried until it is done: the database may go away again in between. */
  async #startLate(prepareDatabase: () => Promise<void>): Promise<void> {
    const { log, intake } = this.#parts;
    const trouble = new Trouble((error) => {
      log.warn({ reason: messageOf(error) }, "still waiting for the database");
    });
    for (const step of [prepareDatabase, () => intake.open(), ...this.#steps()]) {
      while (!(await isDone(step, trouble))) {
        await sleep(LATE_ROUND_MS, this.#stopping.signal).catch(() => undefined);
        if (this.#stopping.signal.aborted) return;
      }
    }
    log.info({}, "the database is there");
  }
}

async function isDone(step: Step, trouble: Trouble): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    trouble.note(error);
    return false;
  }
}
