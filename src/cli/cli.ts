import { Command, CommanderError } from "commander";

import { messageOf } from "../sdk/errors.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { addCheckCommand } from "./check.ts";
import { addDemoCommand } from "./demo.ts";
import { addInitCommand } from "./init.ts";
import { addListCommand } from "./list.ts";
import { addMigrateCommand } from "./migrate.ts";
import { addPauseCommands } from "./pause.ts";
import { addReplayCommand } from "./replay.ts";
import { addSchemaCommand } from "./schema.ts";
import { processShell, type Shell } from "./shell.ts";
import { addSimulateCommand } from "./simulate.ts";
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

function createProgram(shell: Shell): Command {
  const program = new Command("bellhop")
    .description("Webhook hub for booking systems")
    .exitOverride()
    .configureOutput({ writeOut: shell.write, writeErr: shell.writeError })
    .showHelpAfterError('("bellhop --help" lists the commands)');
  program
    .command("start")
    .description("receive notifications and do what follows from them")
    .option("--role <roles>", "all, or a list of receive, work, console", "all")
    .action(async (options: { role: string }) => {
      const { start } = await import("./start.ts"); // late: the other commands need little of it
      await start(options);
    });
  addInitCommand(program);
  addCheckCommand(program, shell);
  addUrlsCommand(program, shell);
  addMigrateCommand(program, shell);
  addListCommand(program, shell);
  addReplayCommand(program, shell);
  addPauseCommands(program, shell);
  addVoucherCommand(program, shell);
  addSimulateCommand(program);
  addDemoCommand(program);
  addSchemaCommand(program);
  return program;
}
