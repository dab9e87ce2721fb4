import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { endProgram, freePort, runProgram, startProgram } from "#sdk/testing";

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
  runProgram("htpasswd", ["-bcB", join(folder, "users"), USER, PASSWORD], options);
  const lines = [
    ...["[server]", `hosts = 127.0.0.1:${port}`],
    ...["[auth]", "type = htpasswd", `htpasswd_filename = ${join(folder, "users")}`],
    ...["htpasswd_encryption = bcrypt", "delay = 0"],
    ...["[storage]", `filesystem_folder = ${join(folder, "store")}`],
  ];
  const configuration = join(folder, "radicale.conf");
  writeFileSync(configuration, lines.join("\n"));
  const child = startProgram("radicale", ["-C", configuration], options);
  return serving(child, port, folder, "");
}

/** A real Xandikos. It asks nobody for a password. */
export async function startXandikos(): Promise<DavServer> {
  const { folder, port } = await prepare();
  const where = ["-l", "127.0.0.1", "-p", String(port), "-d", join(folder, "store")];
  const whose = ["--defaults", "--current-user-principal", `/${USER}/`];
  const child = startProgram("xandikos", [...where, ...whose], options);
  return serving(child, port, folder, "calendars/");
}

async function prepare() {
  return { folder: mkdtempSync(join(tmpdir(), "bellhop-dav-")), port: await freePort() };
}

const options = { env: { HOME: tmpdir() } };

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
      await endProgram(child);
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
