import { type ChildProcess, spawn } from "node:child_process";

import { ended } from "../harness/servers.ts";

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A `bellhop` command as a process of its own, of the built program. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** What has come out so far. */
  readonly output: { stdout: string; stderr: string };
  /** Resolves when this has appeared on standard output, or among what is said beside it. */
  untilSaid(pattern: RegExp): Promise<void>;
  finished: Promise<Finished>;
  stop(): Promise<void>;
}

export function startBellhop(
  args: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Readonly<Record<string, string>> },
): RunningCommand {
  const main = `${process.cwd()}/dist/src/main.js`;
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { PATH, ...env } });
  const output = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => {
      output[name] += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const finished = new Promise<Finished>((resolve) => {
    child.once("close", (code) => {
      resolve({ code, ...output });
    });
  });
  return {
    child,
    output,
    finished,
    untilSaid: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(output.stdout) && !pattern.test(output.stderr)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        void finished.then(({ stdout, stderr }) => {
          reject(new Error(`ended without ${String(pattern)}:\n${stdout}\n${stderr}`));
        });
        look();
      }),
    stop: () => ended(child, "SIGKILL"),
  };
}

/** Runs a command to its end. */
export function runBellhop(
  args: readonly string[],
  options: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<Finished> {
  return startBellhop(args, options).finished;
}
