import type { SpawnOptions } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { endProgram, freePort, startProgram, until } from "#sdk/testing";

export interface Server {
  /** `http://127.0.0.1:PORT` */
  url: string;
  stop(): Promise<void>;
}

export interface ServeOptions {
  /** Holds the databases, and what the server writes. */
  folder: string;
  /** Defaults to SQLite files of that folder. */
  databaseUri?: string;
  /** Seconds without a call after which a session ends. */
  sessionSeconds?: number;
}

/** Starts a server on a free port; stopped by its own pid. */
export async function serve(options: ServeOptions): Promise<Server> {
  const { folder, databaseUri = "sqlite:///", sessionSeconds = 3600 } = options;
  const port = await freePort();
  const configuration = join(folder, `trytond-${port}.conf`);
  const lines = [
    ...["[web]", `listen = 127.0.0.1:${port}`],
    ...["[database]", `uri = ${databaseUri}`, `path = ${folder}`],
    ...["[session]", "authentications = password", `timeout = ${sessionSeconds}`],
  ];
  writeFileSync(configuration, lines.join("\n"));
  const inFolder: SpawnOptions = { cwd: folder };
  const child = startProgram("trytond", ["-c", configuration, "-d", "bellhop"], inFolder);
  const url = `http://127.0.0.1:${port}`;
  await until(() => {
    if (child.exitCode !== null) throw new Error(`trytond ended with ${child.exitCode}`);
    return isAnswering(url);
  }, "an answer of trytond");
  return { url, stop: () => endProgram(child) };
}

async function isAnswering(url: string): Promise<boolean> {
  const body = JSON.stringify({ id: 1, method: "common.server.version", params: [] });
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", headers, body }).then(
    (response) => response.ok,
    () => false,
  );
}
