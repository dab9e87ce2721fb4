import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { freePort } from "../../src/sdk/testing/free-port.ts";

const run = promisify(execFile);

export { freePort };
export { hasPrograms as hasProgram } from "../../src/sdk/testing/programs.ts";

export function temporaryFolder(prefix = "bellhop-test-"): string {
  return mkdtempSync(join(tmpdir(), prefix));
}

/** A MariaDB server for those who only use it. */
export interface DatabaseServer {
  /** A fresh, empty database of the server. */
  newDatabase(): Promise<string>;
  /** The URL of a database, whether it is there or not. */
  urlOf(database: string): string;
  stop(): Promise<void>;
}

export interface MariaDb extends DatabaseServer {
  /** Ends the server at once, as a crash would, and lets it be started again. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** The server stands still, with its connections open, and goes on where it was. */
  freeze(): Promise<void>;
  thaw(): void;
  readonly port: number;
}

/**
 * A throw-away MariaDB server in a temporary folder, on a free port, stopped by pid.
 *
 * @param flush What a commit waits for: `1` the disk, `2` only the operating system. A killed server
 *   loses nothing with either, a machine without power would with `2`.
 * @param more Options of the server.
 */
export async function startMariaDb(
  flush: 1 | 2 = 2,
  more: readonly string[] = [],
): Promise<MariaDb> {
  const folder = temporaryFolder("bellhop-mariadb-");
  const data = join(folder, "data");
  const port = await freePort();
  // Servers that share a folder for temporary files delete those of each other.
  const own = [`--tmpdir=${folder}`, ...(process.getuid?.() === 0 ? ["--user=root"] : [])];
  const normal = ["--no-defaults", "--auth-root-authentication-method=normal"];
  await run("mariadb-install-db", [...normal, `--datadir=${data}`, ...own]);
  const socket = join(folder, "socket");
  const start = async () => {
    const server = spawn(
      "mariadbd",
      [
        "--no-defaults",
        `--datadir=${data}`,
        `--socket=${socket}`,
        `--port=${port}`,
        "--bind-address=127.0.0.1",
        `--innodb-flush-log-at-trx-commit=${flush}`,
        ...more,
        ...own,
      ],
      { stdio: "ignore" },
    );
    await untilAnswering(socket);
    return server;
  };
  let server = await start();
  await query(socket, "CREATE USER bellhop@'127.0.0.1' IDENTIFIED BY 'secret'");
  await query(socket, "GRANT ALL ON *.* TO bellhop@'127.0.0.1'");
  let count = 0;
  return {
    port,
    newDatabase: async () => {
      const name = `test${(count += 1)}`;
      await query(socket, `CREATE DATABASE ${name}`);
      return urlOn(port, name);
    },
    urlOf: (name) => urlOn(port, name),
    kill: () => ended(server, "SIGKILL"),
    restart: async () => {
      server = await start();
    },
    freeze: async () => {
      server.kill("SIGSTOP");
      while (!isFrozen(server.pid ?? 0)) await sleep(10);
    },
    thaw: () => {
      server.kill("SIGCONT");
    },
    stop: async () => {
      await ended(server, "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function urlOn(port: number, database: string): string {
  return `mysql://bellhop:secret@127.0.0.1:${port}/${database}`;
}

/** The signal reaches the threads one after the other: the last may answer a while longer. */
function isFrozen(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
    return /\) T /.test(stat);
  });
}

async function query(socket: string, sql: string): Promise<void> {
  await run("mariadb", ["--no-defaults", "-S", socket, "-u", "root", "-e", sql]);
}

async function untilAnswering(socket: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  const ping = ["--no-defaults", "-S", socket, "-u", "root", "ping"];
  const isAnswering = () =>
    run("mariadb-admin", ping).then(
      () => true,
      () => false,
    );
  while (!(await isAnswering())) {
    if (Date.now() > deadline) throw new Error("MariaDB did not start within 30 s");
    await sleep(50);
  }
}

/** Ends a process that the test started, by pid, and waits until it is gone. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) =>
    child.once("exit", () => {
      resolve();
    }),
  );
  child.kill(signal);
  await exit;
}
