import { runCli } from "../../src/cli/cli.ts";
import { environmentOf } from "../../src/settings/environment.ts";

export interface CommandOptions {
  env: Readonly<Record<string, string>>;
  /** A person at a terminal, who answers every question so; absent: nobody is there. */
  person?: { saysYes: boolean };
}

export interface CommandResult {
  code: number;
  out: string;
  err: string;
  /** What the person was asked. */
  asked: string[];
}

/** Runs a command as `bellhop …` would, in this process. */
export async function command(
  { env, person }: CommandOptions,
  ...args: string[]
): Promise<CommandResult> {
  const result: CommandResult = { code: 0, out: "", err: "", asked: [] };
  result.code = await runCli(args, {
    environment: () => environmentOf(env),
    write: (text) => (result.out += text),
    writeError: (text) => (result.err += text),
    isTerminal: person !== undefined,
    columns: 100,
    confirm: (question) => {
      result.asked.push(question);
      return Promise.resolve(person?.saysYes === true);
    },
  });
  return result;
}
