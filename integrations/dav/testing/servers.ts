import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { freePort } from "#sdk/testing";

export const USER = "hub";
export const PASSWORD = "secret";
/** As the clients of the tests log in. */
export const LOGIN = {
  authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`,
};

export interface DavServer {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** Where the user's address books go: `http://127.0.0.1:PORT/hub/` */
  home: string;
  /** Where the user's calendars go. */
  calendarHome: string;
  stop(): Promise<void>;
}

/** A real Radicale with one user. */
export async function startRadicale(): Promise<DavServer> {
  const { folder, port } = await prepare();
  run("htpasswd", ["-bcB", join(folder, "users"), USER, PASSWORD]);
  const lines = [
    ...["[server]", `hosts = 127.0.0.1:${port}`],
    ...["[auth]", "type = htpasswd", `htpasswd_filename = ${join(folder, "users")}`],
    ...["htpasswd_encryption = bcrypt", "delay = 0"],
    ...["[storage]", `filesystem_folder = ${join(folder, "store")}`],
  ];
  const configuration = join(folder, "radicale.conf");
  writeFileSync(configuration, lines.join("\n"));
  const child = start("radicale", ["-C", configuration]);
  return serving(child, port, folder, "");
}

/** A real Xandikos. It asks nobody for a password. */
export async function startXandikos(): Promise<DavServer> {
  const { folder, port } = await prepare();
  const where = ["-l", "127.0.0.1", "-p", String(port), "-d", join(folder, "store")];
  const child = start("xandikos", [
    ...where,
    "--defaults",
    "--current-user-principal",
    `/${USER}/`,
  ]);
  return serving(child, port, folder, "calendars/");
}

async function prepare() {
  return { folder: mkdtempSync(join(tmpdir(), "bellhop-dav-")), port: await freePort() };
}

/** Debian's programs run under Debian's python3, whatever else is called so on the PATH. */
const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
const env = { PATH, LANG: "C.UTF-8", HOME: tmpdir() };

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { env });
  if (status !== 0) throw new Error(`${program}: ${stderr.toString()}`);
}

function start(program: string, args: readonly string[]): ChildProcess {
  return spawn(program, args, { stdio: "ignore", env });
}

async function serving(
  child: ChildProcess,
  port: number,
  folder: string,
  calendars: string,
): Promise<DavServer> {
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 60_000;
  while (!(await isAnswering(url))) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    if (Date.now() > deadline) throw new Error("the server does not answer");
    await sleep(50);
  }
  return {
    url,
    home: `${url}/${USER}/`,
    calendarHome: `${url}/${USER}/${calendars}`,
    async stop() {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isAnswering(url: string): Promise<boolean> {
  return fetch(url, { redirect: "manual" }).then(
    () => true,
    () => false,
  );
}

/** Ends a process that the test started, by pid, and waits until it is gone. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  await exit;
}
