import type { DependencyContainer } from "tsyringe";

import { Ownership } from "../db/ownership.ts";
import { HandlerTable, type TableEntry } from "../dispatch/handler-table.ts";
import { JobStore } from "../dispatch/job-store.ts";
import { IntakeLoad } from "../inbox/intake-load.ts";
import { SyncWork } from "../sync/sync-work.ts";
import { Syncs } from "../sync/syncs.ts";
import { makeWorker } from "./jobs.ts";
import { DATABASE, type Foundation, LOG, once } from "./parts.ts";

/** What brings mirrors up to date with all bookings. */
export function registerSync(c: DependencyContainer): void {
  once(c, Syncs, () => {
    return new Syncs({
      db: c.resolve(DATABASE),
      handlers: c.resolve(HandlerTable),
      jobs: c.resolve(JobStore),
      load: c.resolve(IntakeLoad),
    });
  });
  once(c, SyncWork, () => new SyncWork(c.resolve(Syncs), c.resolve(LOG)));
}

/** Works beside, or in place of, a running Bellhop, for as long as a command runs. */
export interface Helper {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** One that runs the jobs of some handlers and no others, and keeps their lines filled. */
export function makeHelper(
  c: DependencyContainer,
  foundation: Foundation,
  handlers: readonly TableEntry[],
): Helper {
  const ownership = new Ownership(c.resolve(DATABASE), c.resolve(LOG));
  ownership.add("sync", c.resolve(SyncWork));
  const entries = new Map(handlers.map((entry) => [entry.id, entry]));
  const worker = makeWorker(c, foundation, { handlers: { entries }, ownership });
  return {
    async start() {
      await ownership.start();
      await worker.start();
    },
    async stop() {
      await ownership.stop();
      await worker.stop(foundation.settings.config.shutdownSeconds * 1000);
    },
  };
}
