import { spawn } from "node:child_process";

import type { LoadResult } from "./load.ts";
import { here } from "./processes.ts";

export interface LoadPlan {
  path: string;
  connections: number;
  seconds: number;
  firstId: number;
  body: string;
}

/** Runs the load in a process of its own. */
export async function runLoad(port: number, plan: LoadPlan): Promise<LoadResult> {
  const args = [port, plan.path, plan.connections, plan.seconds, plan.firstId, plan.body];
  const child = spawn(process.execPath, [here("load.js"), ...args.map(String)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as LoadResult;
}
