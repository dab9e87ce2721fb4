import { Command, CommanderError } from "commander";

import { messageOf } from "../sdk/errors.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { start } from "./start.ts";

const FAILED = 1;
const WRONG_USAGE = 2;

/** Runs one command. @returns the exit code: 0 done, 1 failed and named on stderr, 2 wrong usage. */
export async function runCli(args: readonly string[]): Promise<number> {
  const program = createProgram();
  try {
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    const lines = error instanceof SettingsError ? error.problems : [messageOf(error)];
    for (const line of lines) process.stderr.write(`bellhop: ${line}\n`);
    return FAILED;
  }
}

function createProgram(): Command {
  const program = new Command("bellhop")
    .description("Webhook hub for booking systems")
    .exitOverride()
    .showHelpAfterError('("bellhop --help" lists the commands)');
  program
    .command("start")
    .description("receive notifications and do what follows from them")
    .option("--role <roles>", "all, or a list of receive, work, console", "all")
    .action(start);
  return program;
}
