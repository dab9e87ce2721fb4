import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

import { ended } from "./servers.ts";

export interface BellhopProcess {
  /** Empty when the process listens nowhere. */
  url: string;
  child: ChildProcess;
  kill(): Promise<void>;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
}

const program = `${process.cwd()}/bin/bellhop.js`;

/** The built program as an operator runs it, in a working folder of its own. */
export async function startProcess(
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = ["start"],
): Promise<BellhopProcess> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { ...process.env, PORT: "0", LOG_LEVEL: "error", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await urlFrom(child, !args.includes("work"));
  return {
    url,
    child,
    kill: () => ended(child, "SIGKILL"),
    stop: async () => {
      await ended(child, "SIGTERM");
      return child.exitCode;
    },
  };
}

async function urlFrom(child: ChildProcess, isListening: boolean): Promise<string> {
  if (!child.stdout) throw new Error("no output");
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    // A process that only works says where mails go and no more.
    const url = isListening ? /Health: (http:\/\/.+)\/readyz/.exec(line)?.[1] : line;
    if (url?.startsWith(isListening ? "http" : "Mails: ") === true) {
      child.stdout.resume();
      return isListening ? url : "";
    }
  }
  throw new Error("Bellhop ended before it was ready");
}
