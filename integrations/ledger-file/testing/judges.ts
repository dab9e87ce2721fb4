import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { hasProgram } from "#sdk/testing";

const run = promisify(execFile);

export const hasJudges = ["hledger", "ledger", "bean-check"].every(hasProgram);

/**
 * Asks programs that know nothing of Bellhop, each with its own idea of what is right.
 *
 * @throws with the words of the one that does not accept the journal.
 */
export async function judge(folder: string): Promise<void> {
  const main = join(folder, "main.journal");
  const checks = ["payees", "ordereddates", "uniqueleafnames"];
  await accept("hledger", ["-f", main, "check", "--strict", ...checks]);
  await accept("ledger", ["-f", main, "--strict", "--pedantic", "balance"]);
}

/** What `bean-check` does, for many journals in one process: most of its time is its start. */
const BEAN_CHECK = `
import sys
from beancount import loader
for path in sys.argv[1:]:
    for error in loader.load_file(path)[1]:
        print(path, error.source and error.source.get("lineno"), error.message)
`;

/** @returns what is wrong, a line each. */
export async function judgeBeans(folders: readonly string[]): Promise<string> {
  const files = folders.map((folder) => join(folder, "main.beancount"));
  // The interpreter that Debian's package belongs to.
  return (await run("/usr/bin/python3", ["-c", BEAN_CHECK, ...files])).stdout;
}

async function accept(program: string, args: readonly string[]): Promise<void> {
  try {
    await run(program, [...args], { env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" } });
  } catch (error) {
    const { stderr, stdout } = error as { stderr?: string; stdout?: string };
    const words = [stderr, stdout].join("");
    throw new Error(`${program} refuses the journal: ${words}`, { cause: error });
  }
}
