import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Command, CommanderError, InvalidArgumentError } from "commander";

import { productRoot } from "../paths.ts";
import { parseRoles, type Role } from "../roles.ts";
import { messageOf } from "../sdk/errors.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { addBooksCommand } from "./books.ts";
import { addCallbacksCommand } from "./callbacks.ts";
import { addCheckCommand } from "./check.ts";
import { addConnectCommand } from "./connect.ts";
import { addDemoCommand } from "./demo.ts";
import { addEraseCommand } from "./erase.ts";
import { addExportCommand } from "./export.ts";
import { addImportCommand } from "./import.ts";
import { addImportCallsCommand } from "./import-calls.ts";
import { addInitCommand } from "./init.ts";
import { addListCommand } from "./list.ts";
import { addMigrateCommand } from "./migrate.ts";
import { addPauseCommands } from "./pause.ts";
import { pointToHelp } from "./point-to-help.ts";
import { addReconcileCommand } from "./reconcile.ts";
import { addReplayCommand } from "./replay.ts";
import { addScheduleCommand } from "./schedule.ts";
import { addSchemaCommand } from "./schema.ts";
import { processShell, type Shell } from "./shell.ts";
import { addSimulateCommand } from "./simulate.ts";
import { addSyncCommand } from "./sync.ts";
import { addUrlsCommand } from "./urls.ts";
import { addVoucherCommand } from "./voucher.ts";

const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs one command. @returns the exit code: 0 done, 1 failed and named on stderr, 2 wrong usage. */
export async function runCli(args: readonly string[], shell = processShell): Promise<number> {
  const program = createProgram(shell);
  try {
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    const lines = error instanceof SettingsError ? error.problems : [messageOf(error)];
    for (const line of lines) shell.writeError(`bellhop: ${line}\n`);
    return FAILED;
  }
}

const ABOUT = `
Configuration is read from bellhop.yaml, or the file or folder that BELLHOP_CONFIG names; variables
from the environment, or .env in the working folder. Without any, a built-in configuration runs.

Examples:
  bellhop init                            write bellhop.yaml and .env
  bellhop check                           try everything that is configured
  bellhop list jobs --state dead          what needs a person
  bellhop replay job <id>                 run it again
  bellhop sync crm --since 2026-01-01     bring a target up to date with all bookings
  bellhop erase --email a@example.com     erase a guest, here and at all targets
  bellhop books check                     do books and bookings agree?
  bellhop schedule preview                what guests will get in the next days

Exit codes: 0 done, 1 failed and named on stderr, 2 wrong usage.
`;

function version(): string {
  const manifest = readFileSync(join(productRoot, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

function readRoles(text: string): ReadonlySet<Role> {
  try {
    return parseRoles(text);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

function createProgram(shell: Shell): Command {
  const program = new Command("bellhop")
    .description("Webhook hub for booking systems")
    .version(version(), "-V, --version", "print the version")
    .addHelpText("after", ABOUT)
    .exitOverride()
    .configureOutput({ writeOut: shell.write, writeErr: shell.writeError });
  program
    .command("start")
    .description("receive notifications and do what follows from them")
    .option("--role <roles>", "all, or a list of receive, work, console", readRoles)
    .action(async (options: { role?: ReadonlySet<Role> }) => {
      const { start } = await import("./start.ts"); // late: the other commands need little of it
      await start(options.role ?? parseRoles("all"));
    });
  addInitCommand(program);
  addCheckCommand(program, shell);
  addUrlsCommand(program, shell);
  addCallbacksCommand(program, shell);
  addConnectCommand(program, shell);
  addMigrateCommand(program, shell);
  addImportCommand(program, shell);
  addReconcileCommand(program, shell);
  addBooksCommand(program, shell);
  addListCommand(program, shell);
  addReplayCommand(program, shell);
  addSyncCommand(program, shell);
  addExportCommand(program, shell);
  addEraseCommand(program, shell);
  addPauseCommands(program, shell);
  addScheduleCommand(program, shell);
  addImportCallsCommand(program, shell);
  addVoucherCommand(program, shell);
  addSimulateCommand(program);
  addDemoCommand(program);
  addSchemaCommand(program);
  pointToHelp(program);
  return program;
}
