import { setTimeout as sleep } from "node:timers/promises";

import { Bellhop } from "../bellhop.ts";
import { hookUrl } from "../receive/hook-url.ts";
import { compose } from "../compose.ts";
import type { Database } from "../db/database.ts";
import { layFoundation } from "../foundation.ts";
import { createLog } from "../log.ts";
import { parseRoles } from "../roles.ts";
import { messageOf } from "../sdk/errors.ts";
import type { Settings } from "../settings/settings.ts";
import { BOOKS } from "./postings.ts";

/** A Bellhop in this process. */
export interface RunningHub {
  readonly port: number;
  readonly db: Database;
  /** Resolves when all that has arrived is understood and dealt with, at the latest after this time. */
  untilIdle(longestMs: number): Promise<void>;
  /** The same but for the books, which wait a while for what comes next. */
  untilAnswered(longestMs: number): Promise<void>;
  stop(): Promise<void>;
}

const LOOK_MS = 20;

/** @throws when the port is taken, with what to do. */
export async function startHub(settings: Settings): Promise<RunningHub> {
  const log = createLog(settings.logLevel);
  const foundation = await layFoundation(settings, parseRoles("all"), log);
  const bellhop = compose(foundation).resolve(Bellhop);
  try {
    const port = await bellhop.start();
    const { db } = foundation;
    return {
      port: port ?? settings.port,
      db,
      untilIdle: (longestMs) => until(() => isIdle(db), longestMs),
      untilAnswered: (longestMs) => until(() => isIdle(db, `${BOOKS}/%`), longestMs),
      stop: () => bellhop.stop(),
    };
  } catch (error) {
    await bellhop.stop();
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(
      `port ${settings.port} is taken (${messageOf(error)}): stop what listens there, ` +
        `or use another port: PORT=${settings.port + 10} npm run demo`,
      { cause: error },
    );
  }
}

async function until(isReached: () => Promise<boolean>, longestMs: number): Promise<void> {
  const endsAt = performance.now() + longestMs;
  while (!(await isReached()) && performance.now() < endsAt) await sleep(LOOK_MS);
}

/**
 * Deliveries that were looked at and wait for the source to say more do not count.
 *
 * @param others Handlers that do not count either, as a pattern.
 */
async function isIdle({ knex }: Database, others = ""): Promise<boolean> {
  const delivery: unknown = await knex("deliveries")
    .where({ state: "waiting", looks: 0 })
    .first("position");
  const job: unknown = await knex("jobs")
    .whereIn("state", ["ready", "leased"])
    .whereNot("handler", "like", others)
    .first("position");
  return delivery === undefined && job === undefined;
}

/** The callback URLs of all connections, on this machine. */
export function hookUrlsOf(settings: Settings, port: number): ReadonlyMap<string, string> {
  const connections = Object.entries(settings.config.connections);
  return new Map(
    connections.map(([id, { tokens }]) => [
      id,
      hookUrl(settings, id, tokens[0] ?? "", port, false),
    ]),
  );
}
