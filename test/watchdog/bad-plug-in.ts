import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { DatabaseLocation } from "../../src/db/database.ts";
import { temporaryFolder } from "../harness/servers.ts";

export const TOKEN = "watchdog-token-0123456789abcdef";
export const HANDLER = "bad/act";

/** A working folder with a connection and a plug-in of the test's. */
export interface Installation {
  cwd: string;
  env: Readonly<Record<string, string>>;
}

/** @param act Body of the handler's `handle(event, context)`; it gets the booking's number too. */
export function installBadPlugIn(location: DatabaseLocation, act: string): Installation {
  const cwd = temporaryFolder();
  const data = "sqliteFile" in location ? dirname(location.sqliteFile) : join(cwd, "data");
  const folder = join(cwd, "plug-ins", "bad");
  mkdirSync(folder, { recursive: true });
  mkdirSync(data, { recursive: true });
  writeFileSync(join(folder, "index.mjs"), plugIn(act));
  writeFileSync(
    join(cwd, "bellhop.yaml"),
    `connections: { bikes: { source: planyo, tokens: ["${TOKEN}"] } }\n` +
      "integrationPaths: [./plug-ins]\nintegrations: { bad: {} }\n",
  );
  return {
    cwd,
    env: {
      BELLHOP_DATA: data,
      ...("mysqlUrl" in location && { DATABASE_URL: location.mysqlUrl }),
    },
  };
}

function plugIn(act: string): string {
  return `import { z } from "${process.cwd()}/node_modules/zod/index.js";
import { execSync } from "node:child_process";

export default {
  manifest: { id: "bad", name: "Bad" },
  config: z.strictObject({}),
  handlers: [{
    id: "act",
    kind: "mirror",
    on: ["booking.requested"],
    concurrency: 8,
    async handle(event, context) {
      const booking = Number(event.subject);
      ${act}
      return { done: "ok" };
    },
  }],
};
`;
}

export interface WorkProcess {
  child: ChildProcess;
  /** What it has written to stderr. */
  readonly said: string;
  /** Resolves with the signal or code that ended it. */
  readonly end: Promise<NodeJS.Signals | number | null>;
}

/** \`bellhop start --role work\`; with a limit the same through an entry of the test's. */
export function startWork({ cwd, env }: Installation, limitMs?: number): WorkProcess {
  const entry = join(cwd, "work.mjs");
  writeFileSync(
    entry,
    `import { start } from "${process.cwd()}/dist/src/cli/start.js";\n` +
      `await start(new Set(["work"]), { limitMs: ${limitMs ?? 0} });\n`,
  );
  const program = join(process.cwd(), "bin", "bellhop.js");
  const args = limitMs === undefined ? [program, "start", "--role", "work"] : [entry];
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, LOG_LEVEL: "error", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return {
    child,
    get said() {
      return said;
    },
    end: new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        resolve(signal ?? code);
      });
    }),
  };
}

/** What the booking system sends for a new reservation. */
export function reservation(number: number): string {
  return new URLSearchParams({
    notification_type: "new_verified_reservation",
    reservation: String(number),
    resource: "3101",
    resource_name: "Cabin",
    calendar: "77001",
    start: "1893495600",
    end: "1893582000",
    status: "3",
    currency: "EUR",
    price_quoted: "240.00",
    amount_paid: "0.00",
    amount_outstanding: "240.00",
    email: `guest${number}@example.com`,
    first_name: "Ana",
    last_name: "Example",
  }).toString();
}
