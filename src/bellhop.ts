import type { RequestListener, Server } from "node:http";

import type { Database } from "./db/database.ts";
import type { Worker } from "./dispatch/worker.ts";
import type { GroupCommit } from "./inbox/group-commit.ts";
import type { NewDelivery } from "./inbox/inbox-store.ts";
import type { Normalizers } from "./normalize/normalizers.ts";
import type { HookReceiver } from "./receive/hook-receiver.ts";
import type { ReceiveStats } from "./receive/receive-stats.ts";
import { closeServer, createHttpServer, listen } from "./receive/http-server.ts";
import type { StartChecks } from "./registry/start-checks.ts";
import type { Registry } from "./registry/registry.ts";
import type { Role } from "./roles.ts";
import type { Log } from "./sdk/context.ts";
import type { Settings } from "./settings/settings.ts";

export interface BellhopParts {
  settings: Settings;
  registry: Registry;
  roles: ReadonlySet<Role>;
  db: Database;
  receiver: HookReceiver;
  inbox: GroupCommit<NewDelivery>;
  stats: ReceiveStats;
  app: RequestListener;
  normalizers: Normalizers;
  worker: Worker;
  checks: StartChecks;
  closeMail: () => void;
  log: Log;
}

/** The running program: starts its parts in the order of the journey, stops them in reverse. */
export class Bellhop {
  readonly #parts: BellhopParts;
  #server: Server | undefined;

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

  /** Starts everything but the server. */
  async startWork(): Promise<void> {
    const { roles, registry, normalizers, worker, checks } = this.#parts;
    if (!roles.has("work")) return;
    await normalizers.start(registry.connections.values());
    await worker.start();
    checks.begin();
  }

  async stop(): Promise<void> {
    const { roles, settings, inbox, normalizers, worker, checks, db, closeMail } = this.#parts;
    const graceMs = settings.config.shutdownSeconds * 1000;
    if (this.#server) await closeServer(this.#server, graceMs);
    await inbox.drained();
    if (roles.has("work")) {
      checks.end();
      await normalizers.stop();
      await worker.stop(graceMs);
    }
    closeMail();
    await db.close();
  }
}
