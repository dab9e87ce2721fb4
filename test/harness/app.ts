import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { DependencyContainer } from "tsyringe";
import { expect, vi } from "vitest";
import { stringify } from "yaml";

import { Bellhop } from "../../src/bellhop.ts";
import { compose, DATABASE } from "../../src/compose.ts";
import type { Database, DatabaseLocation } from "../../src/db/database.ts";
import { layFoundation } from "../../src/foundation.ts";
import { parseRoles } from "../../src/roles.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { environmentOf } from "../../src/settings/environment.ts";
import { readSettings, type Settings } from "../../src/settings/settings.ts";
import { laySqliteTables } from "./ready-tables.ts";
import { temporaryFolder } from "./servers.ts";

export const API_TOKEN = "api-token-of-the-tests-0123456789";

export interface AppOptions {
  /** What `bellhop.yaml` says. */
  config?: object;
  env?: Readonly<Record<string, string>>;
  /** As of `bellhop start --role`. */
  roles?: string;
  /** Where the store is, for several apps on one; default: SQLite in a data folder of its own. */
  location?: DatabaseLocation;
  override?: (container: DependencyContainer) => void;
}

export interface App {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly settings: Settings;
  /** Variables that make another process, or a command, use the same installation. */
  readonly env: Readonly<Record<string, string>>;
  readonly container: DependencyContainer;
  readonly db: Database;
  readonly logLines: readonly string[];
  stop(): Promise<void>;
}

/** Bellhop as `bellhop start` runs it, on a free port and with a data folder of its own. */
export async function startApp(options: AppOptions = {}): Promise<App> {
  const folder = temporaryFolder();
  const env = environment(folder, options);
  const settings = readSettings(environmentOf(env));
  await layTables(settings.database);
  const log = memoryLog();
  const foundation = await layFoundation(settings, parseRoles(options.roles ?? "all"), log);
  const container = compose(foundation, options.override);
  const bellhop = container.resolve(Bellhop);
  const port = await bellhop.start();
  return {
    url: `http://127.0.0.1:${port ?? 0}`,
    settings,
    env,
    container,
    db: container.resolve(DATABASE),
    logLines: log.lines,
    async stop() {
      await bellhop.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Where there is no store yet: to make its tables takes longer than all else of a start. */
async function layTables(database: DatabaseLocation): Promise<void> {
  if ("mysqlUrl" in database || existsSync(database.sqliteFile)) return;
  await laySqliteTables(database.sqliteFile);
}

function environment(folder: string, { config = {}, env, location }: AppOptions) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "bellhop.yaml");
  writeFileSync(file, stringify(config));
  return {
    PORT: "0",
    HOST: "127.0.0.1",
    BELLHOP_CONFIG: file,
    BELLHOP_DATA:
      location && "sqliteFile" in location ? dirname(location.sqliteFile) : join(folder, "data"),
    BELLHOP_API_TOKEN: API_TOKEN,
    LOG_LEVEL: "silent",
    ...(location && "mysqlUrl" in location && { DATABASE_URL: location.mysqlUrl }),
    ...env,
  };
}

/** Resolves when every delivery has been understood and every job that can run has run. */
export async function untilSettled({ db }: Pick<App, "db">): Promise<void> {
  await vi.waitFor(
    async () => {
      // In this order: what a delivery led to is there once it waits no more.
      const deliveries: unknown[] = await db
        .knex("deliveries")
        .where({ state: "waiting" })
        .select("position");
      const jobs: unknown[] = await db
        .knex("jobs")
        .whereIn("state", ["ready", "leased"])
        .select("position");
      expect({ deliveries: deliveries.length, jobs: jobs.length }).toEqual({
        deliveries: 0,
        jobs: 0,
      });
    },
    { timeout: 20_000, interval: 20 },
  );
}

/** Calls the API with the token. */
export async function callApi(
  { url }: Pick<App, "url">,
  path: string,
  init: RequestInit & { json?: unknown } = {},
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const { json, ...rest } = init;
  const response = await fetch(`${url}/api/v1${path}`, {
    headers: {
      authorization: `Bearer ${API_TOKEN}`,
      ...(json !== undefined && { "content-type": "application/json" }),
    },
    ...(json !== undefined && { method: "POST", body: JSON.stringify(json) }),
    ...rest,
  });
  const text = await response.text();
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, body };
}
