import type { Command } from "commander";

import type { Database } from "../db/database.ts";
import { missingMigrations } from "../db/migrate.ts";
import { openDatabase } from "../foundation.ts";
import { productIntegrations } from "../paths.ts";
import { loadRegistry, type Registry } from "../registry/registry.ts";
import { StartChecks } from "../registry/start-checks.ts";
import { hint } from "../settings/config-problems.ts";
import { inShadow, readSettings, type Settings } from "../settings/settings.ts";
import { checkCalendars } from "./check-calendars.ts";
import {
  checkDatabase,
  checkMail,
  describeConfiguration,
  findingOf,
  type Finding,
  shortTokens,
} from "./check-findings.ts";
import { describeTime } from "./check-timers.ts";
import { withSetUp } from "./check-set-up.ts";
import { commandLog } from "./open.ts";
import type { Shell } from "./shell.ts";

/** `bellhop check [connection|instance|calendar]` */
export function addCheckCommand(program: Command, shell: Shell): void {
  const command = program
    .command("check")
    .argument("[name]", "a connection, integration or calendar of bellhop.yaml; without it all")
    .description("try the configuration, the database, mail and every integration, or only one")
    .addHelpText("after", ABOUT)
    .action(async (name: string | undefined) => {
      const settings = readSettings(shell.environment());
      const registry = await loadRegistry(settings, [productIntegrations]);
      const known = namesOf(registry, settings);
      if (name !== undefined && !known.includes(name)) {
        const words = known.length === 0 ? "" : hint(name, known);
        command.error(`error: no connection, integration or calendar is called ${name}${words}`);
      }
      await check(shell, settings, registry, name);
    });
}

const ABOUT = `
Nothing is changed and nobody is written to. Each line says ok, warning (it works; look at it) or FAILED.

Exit codes: 0 nothing failed, 1 something did and is named, 2 wrong usage.
`;

function namesOf({ connections, instances }: Registry, { config }: Settings): string[] {
  return [...connections.keys(), ...instances.keys(), ...Object.keys(config.calendars)];
}

/** @throws when anything is wrong, after all has been tried. */
async function check(
  shell: Shell,
  settings: Settings,
  registry: Registry,
  only: string | undefined,
): Promise<void> {
  const { composeTools, MAILROOM } = await import("../compose.ts"); // late: it is large
  const db = await readableStore(settings);
  const log = commandLog(settings);
  const container = composeTools({ settings, registry, log, ...(db && { db }) });
  const checks = container.resolve(StartChecks);
  const mailroom = container.resolve(MAILROOM);
  const failed: string[] = [];
  try {
    const general = [
      describeConfiguration(settings),
      ...describeTime(settings, registry),
      ...shortTokens(settings),
      checkDatabase(settings),
      checkMail(mailroom),
    ];
    const found = [
      ...(only === undefined ? general : []),
      ...checkCalendars(settings, db, only),
      ...integrationFindings(registry, checks, only, settings),
    ];
    // All at the same time, told in order.
    for (const finding of found) {
      const one = await finding;
      shell.write(linesOf(one, shell.isTerminal));
      if (one.state === "failed") failed.push(one.name);
    }
  } finally {
    checks.end();
    mailroom.close();
    await db?.close();
  }
  if (failed.length > 0) throw new Error(`check failed: ${failed.join(", ")}`);
}

/** Where it is noted what has been learned; the check of the database says what is wrong with it. */
async function readableStore(settings: Settings): Promise<Database | undefined> {
  let db: Database | undefined;
  try {
    db = await openDatabase(settings);
    if ((await missingMigrations(db)).length === 0) return db;
  } catch {
    // told by the check of the database
  }
  await db?.close();
  return undefined;
}

function integrationFindings(
  { connections, instances }: Registry,
  checks: StartChecks,
  only: string | undefined,
  settings: Settings,
): Promise<Finding>[] {
  const isWanted = ({ id }: { id: string }) => only === undefined || id === only;
  const shadowed = inShadow(settings);
  return [
    ...[...connections.values()].filter(isWanted).map(async (one) => {
      const result = await checks.inspectConnection(one);
      return withSetUp(findingOf(result, shadowed), result, one, settings);
    }),
    ...[...instances.values()]
      .filter(isWanted)
      .map(async (one) => findingOf(await checks.checkInstance(one), shadowed)),
  ];
}

const MARKS = { ok: "✓", warning: "!", failed: "✗" };
const WORDS = { ok: "ok     ", warning: "warning", failed: "FAILED " };

function linesOf({ name, state, line, details = [] }: Finding, isTerminal: boolean): string {
  const mark = isTerminal ? MARKS[state] : WORDS[state];
  const indent = " ".repeat(mark.length + 1);
  return [`${mark} ${name}: ${line}`, ...details.map((detail) => indent + detail)]
    .map((text) => `${text.replaceAll(/\s*\n\s*/g, "; ")}\n`)
    .join("");
}
