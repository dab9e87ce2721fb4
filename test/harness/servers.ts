import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export { hasProgram } from "../../src/sdk/testing/programs.ts";

/**
 * A port that nobody listens on. Not one of those that the system gives to outgoing connections:
 * in a run that opens thousands, one of them would have it before the server does.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
}

export function temporaryFolder(prefix = "bellhop-test-"): string {
  return mkdtempSync(join(tmpdir(), prefix));
}

export interface MariaDb {
  /** A fresh, empty database of the server. */
  newDatabase(): Promise<string>;
  /** Ends the server at once, as a crash would, and lets it be started again. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** The server stands still, with its connections open, and goes on where it was. */
  freeze(): Promise<void>;
  thaw(): void;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * A throw-away MariaDB server in a temporary folder, on a free port, stopped by pid.
 *
 * @param flush What a commit waits for: `1` the disk, `2` only the operating system. A killed server
 *   loses nothing with either, a machine without power would with `2`.
 */
export async function startMariaDb(flush: 1 | 2 = 2): Promise<MariaDb> {
  const folder = temporaryFolder("bellhop-mariadb-");
  const data = join(folder, "data");
  const port = await freePort();
  // Servers that share a folder for temporary files delete those of each other.
  const own = [`--tmpdir=${folder}`, ...(process.getuid?.() === 0 ? ["--user=root"] : [])];
  const install = spawnSync("mariadb-install-db", [
    "--no-defaults",
    "--auth-root-authentication-method=normal",
    `--datadir=${data}`,
    ...own,
  ]);
  if (install.status !== 0) throw new Error(`mariadb-install-db: ${install.stderr.toString()}`);
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
        ...own,
      ],
      { stdio: "ignore" },
    );
    await untilAnswering(socket);
    return server;
  };
  let server = await start();
  query(socket, "CREATE USER bellhop@'127.0.0.1' IDENTIFIED BY 'secret'");
  query(socket, "GRANT ALL ON *.* TO bellhop@'127.0.0.1'");
  let count = 0;
  return {
    port,
    newDatabase: () => {
      count += 1;
      query(socket, `CREATE DATABASE test${count}`);
      return Promise.resolve(`mysql://bellhop:secret@127.0.0.1:${port}/test${count}`);
    },
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

/** The signal reaches the threads one after the other: the last may answer a while longer. */
function isFrozen(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
    return /\) T /.test(stat);
  });
}

function query(socket: string, sql: string): void {
  const result = spawnSync("mariadb", ["--no-defaults", "-S", socket, "-u", "root", "-e", sql]);
  if (result.status !== 0) throw new Error(`${sql}: ${result.stderr.toString()}`);
}

async function untilAnswering(socket: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  const ping = ["--no-defaults", "-S", socket, "-u", "root", "ping"];
  while (spawnSync("mariadb-admin", ping).status !== 0) {
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
