import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { runProgram, until } from "#sdk/testing";

import { serve } from "./server.ts";
import { setUp } from "./set-up.ts";

export const ADMIN_PASSWORD = "admin-pw-123";

/** Not the folder for temporary files: that of a test run goes with it. */
const KEPT = "/var/tmp";

const MODULES = [
  ...["ir", "res", "account_invoice", "account_deposit"],
  ...["account_invoice_defer", "sale_opportunity"],
];

/** The folder of a SQLite database that is set up and ready to be copied. */
export function templateFolder(): Promise<string> {
  return kept("sqlite", build);
}

/**
 * A folder that takes long to make. It is kept from one run of the tests to the next, for each version
 * of Tryton and of this set-up, and made by one of the processes that want it while the others wait.
 */
export async function kept(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(KEPT, `bellhop-tryton-${process.getuid?.() ?? 0}-${name}-${fingerprint()}`);
  const lock = `${folder}.lock`;
  await until(() => existsSync(folder) || takes(lock), `a template at ${folder}`, 300_000);
  if (existsSync(folder)) return folder;
  try {
    const draft = `${folder}.${process.pid}`;
    await make(draft);
    renameSync(draft, folder);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
  return folder;
}

function fingerprint(): string {
  const hash = createHash("sha256").update(runProgram("trytond", ["--version"]));
  const files = ["template.ts", "set-up.ts"].map((name) => join(import.meta.dirname, name));
  for (const file of files.filter(existsSync)) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

/** A folder is made by one only. That of a process that has died is in the way of nobody. */
function takes(lock: string): boolean {
  const holder = join(lock, "pid");
  try {
    mkdirSync(lock);
    writeFileSync(holder, String(process.pid));
    return true;
  } catch {
    if (existsSync(holder) && !isAlive(Number(readFileSync(holder, "utf8")))) {
      rmSync(lock, { recursive: true, force: true });
    }
    return false;
  }
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

async function build(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const database = join(folder, "bellhop.sqlite");
  writeFileSync(database, "");
  writeFileSync(join(folder, "password"), `${ADMIN_PASSWORD}\n`);
  const configuration = join(folder, "build.conf");
  writeFileSync(configuration, `[database]\nuri = sqlite:///\npath = ${folder}\n`);
  createDatabase(configuration, "bellhop", folder);
  const server = await serve({ folder });
  try {
    await setUp(server.url, ADMIN_PASSWORD);
  } finally {
    await server.stop();
  }
}

/** Makes the tables of an empty database. */
export function createDatabase(configuration: string, database: string, folder: string): void {
  runProgram(
    "trytond-admin",
    [
      ...["-c", configuration, "-d", database, "-p", "--email", "admin@example.test"],
      ...["-u", ...MODULES, "--activate-dependencies"],
    ],
    { env: { TRYTONPASSFILE: join(folder, "password") } },
  );
}
