import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { ended } from "../harness/servers.ts";
import type { LoadResult } from "./load.ts";

/** A server under load, in a process of its own. */
export interface Contender {
  port: number;
  pid: number;
  stop(): Promise<void>;
}

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
  return { port, pid: child.pid ?? 0, stop: () => ended(child, "SIGTERM") };
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

export interface LoadPlan {
  path: string;
  connections: number;
  seconds: number;
  firstId: number;
  body: string;
}

export async function runLoad(port: number, plan: LoadPlan): Promise<LoadResult> {
  const args = [port, plan.path, plan.connections, plan.seconds, plan.firstId, plan.body];
  const child = spawn(process.execPath, [here("load.js"), ...args.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as LoadResult;
}
