import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { ended } from "../harness/servers.ts";

/** A server under load, in a process of its own. */
export interface Contender {
  port: number;
  /** Where the load goes. */
  path: string;
  pid: number;
  stop(): Promise<void>;
}

/** Where a bench run keeps its files. */
export interface Bench {
  folder: string;
}

const TOKEN = "bench-token-0123456789abcdef";
export const HOOK_PATH = `/hooks/bikes/${TOKEN}`;

export function here(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

/** Starts a program and waits until a line of its stdout names the port it listens on. */
export async function startContender(
  file: string,
  args: readonly string[],
  portLine: RegExp,
  options: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Contender> {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  const port = await portFrom(child, portLine);
  return { port, path: HOOK_PATH, pid: child.pid ?? 0, stop: () => ended(child, "SIGTERM") };
}

/** Bellhop with one Planyo connection, and whatever the configuration adds. */
export async function bellhop(
  { folder }: Bench,
  role: string,
  env: Record<string, string>,
  config = "",
): Promise<Contender> {
  const cwd = join(folder, `run-${Date.now()}`);
  mkdirSync(cwd, { recursive: true });
  const connections = `connections: { bikes: { source: planyo, tokens: ["${TOKEN}"] } }\n`;
  writeFileSync(join(cwd, "bellhop.yaml"), connections + config);
  const program = fileURLToPath(new URL("../../../bin/bellhop.js", import.meta.url));
  return startContender(program, ["start", "--role", role], /Health: http:\/\/[^:]+:(\d+)\//, {
    cwd,
    env: { PORT: "0", LOG_LEVEL: "warn", ...env },
  });
}

async function portFrom(child: ChildProcess, portLine: RegExp): Promise<number> {
  if (!child.stdout) throw new Error("no output to read the port from");
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const port = portLine.exec(line)?.[1];
    if (port !== undefined) {
      // Leaving the loop closes the reader; what comes later must still be read off.
      child.stdout.resume();
      return Number(port);
    }
  }
  throw new Error("the server ended before it listened");
}
