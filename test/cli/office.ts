import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { stringify } from "yaml";

import { Database } from "../../src/db/database.ts";
import type { SimulatedSystem, Simulator } from "../../src/sdk/simulator.ts";
import { serveSystems } from "../../src/simulate/system-server.ts";
import { simulator as planyo } from "../../integrations/planyo/simulator/simulator.ts";
import { simulator as tourcms } from "../../integrations/tourcms/simulator/simulator.ts";
import { API_TOKEN } from "../harness/app.ts";
import { laySqliteTables } from "../harness/ready-tables.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { command, type CommandResult } from "./command.ts";

const TOKEN = "office-token-0123456789abcdef";
const SIMULATORS = { fjord: tourcms, bikes: planyo } as const;

export type SourceName = keyof typeof SIMULATORS;
export const SOURCE_NAMES = Object.keys(SIMULATORS) as SourceName[];

/** An office with two booking systems that answer over HTTP, and a store of its own. */
export interface Office {
  readonly folder: string;
  /** Variables that make a command, or a process, use this installation. */
  readonly env: Readonly<Record<string, string>>;
  readonly db: Database;
  readonly systems: Readonly<Record<SourceName, SimulatedSystem>>;
  /** Writes the configuration anew, with other settings of connections. */
  configure(settings: Partial<Record<SourceName, object>>): void;
  /** Runs a command in this process. Lines of progress are left out. */
  run(...args: string[]): Promise<CommandResult>;
  close(): Promise<void>;
}

export interface OfficeOptions {
  /** Bookings of each source that were there before Bellhop was. */
  bookings: number;
  /** What `bellhop.yaml` says of comparing besides. */
  reconcile?: object;
}

export async function openOffice({ bookings, reconcile = {} }: OfficeOptions): Promise<Office> {
  const folder = temporaryFolder();
  const systems = { fjord: systemOf(tourcms, bookings), bikes: systemOf(planyo, bookings) };
  const apis = await serveSystems(
    SOURCE_NAMES.map((name) => ({
      system: systems[name],
      apiBaseUrl: `http://127.0.0.1:0/${name}`,
    })),
  );
  const configure: Office["configure"] = (settings) => {
    const sources = SOURCE_NAMES.map((name, index) => {
      const usual = SIMULATORS[name].settings(apis.urls[index] ?? "");
      return [name, connectionOf(name, { ...usual, ...settings[name] })];
    });
    writeFileSync(
      join(folder, "bellhop.yaml"),
      stringify(configOf(Object.fromEntries(sources) as object, reconcile)),
    );
  };
  configure({});
  const env = {
    PORT: "0",
    HOST: "127.0.0.1",
    BELLHOP_CONFIG: join(folder, "bellhop.yaml"),
    BELLHOP_DATA: folder,
    BELLHOP_API_TOKEN: API_TOKEN,
    MAIL_FROM: "post@example.com",
    LOG_LEVEL: "info",
  };
  const sqliteFile = join(folder, "bellhop.sqlite");
  await laySqliteTables(sqliteFile);
  const db = await Database.open({ sqliteFile });
  return {
    folder,
    env,
    db,
    systems,
    configure,
    run: async (...args) => withoutProgress(await command({ env }, ...args)),
    async close() {
      await db.close();
      await apis.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Follows the clock of the test, and remembers its bookings by the same seed. */
function systemOf(simulator: Simulator, bookings: number): SimulatedSystem {
  const system = simulator.create({ seed: 5, now: Date.now(), clock: () => Date.now() });
  system.populate?.(bookings);
  return system;
}

function connectionOf(name: SourceName, settings: object): object {
  return { source: name === "fjord" ? "tourcms" : "planyo", tokens: [TOKEN], settings };
}

/**
 * Guests would get mails, and nothing is compared unless a command says so. `echo` calls and has no
 * lists to ask for.
 */
function configOf(connections: object, reconcile: object): object {
  return {
    mail: { mode: "live" },
    reconcile: { everyMinutes: 0, importDays: 0, ...reconcile },
    connections: { ...connections, echo: { source: "example-echo", tokens: [TOKEN] } },
    integrations: { "voucher-mail": {} },
  };
}

/** On a busy machine a command takes long enough to say how far it is. */
function withoutProgress<T extends { err: string }>(result: T): T {
  return { ...result, err: result.err.replaceAll(/^\d+ of \d+ days, \d+ bookings, .*\n/gm, "") };
}

/** How many calls of a kind a source has answered. */
export function callsTo(system: SimulatedSystem, kind: string): number {
  return system.calls?.get(kind) ?? 0;
}

export interface RunningCommand {
  /** Ctrl-C. */
  interrupt(): void;
  ended: Promise<Omit<CommandResult, "asked">>;
}

/** The built program as a person runs it, in a process of its own. Lines of progress are left out. */
export function startCommand(
  { folder, env }: Pick<Office, "folder" | "env">,
  ...args: string[]
): RunningCommand {
  const program = `${process.cwd()}/bin/bellhop.js`;
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const result = { code: 0, out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (result.out += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => (result.err += chunk.toString("utf8")));
  return {
    interrupt: () => child.kill("SIGINT"),
    ended: new Promise((resolve) => {
      child.once("close", (code) => {
        resolve(withoutProgress({ ...result, code: code ?? -1 }));
      });
    }),
  };
}
