import type { Environment } from "../settings/environment.ts";
import { readEnvironment } from "../settings/environment.ts";

/** Who runs a command, and where: a person on a terminal, or a program through pipes. */
export interface Shell {
  environment: () => Environment;
  write: (text: string) => void;
  writeError: (text: string) => void;
  /** A person reads what is written and can be asked. */
  isTerminal: boolean;
  /** Room for a line. */
  columns: number;
  /** Asks a person. */
  confirm: (question: string) => Promise<boolean>;
}

/** Wide enough for a table, narrow enough for a mail or an issue. */
const PIPED_COLUMNS = 100;

export const processShell: Shell = {
  environment: () => readEnvironment(),
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  isTerminal: process.stdin.isTTY && process.stdout.isTTY,
  columns: process.stdout.isTTY ? process.stdout.columns : PIPED_COLUMNS,
  confirm: async (question) => {
    const { confirm } = await import("@clack/prompts");
    return (await confirm({ message: question, initialValue: false })) === true;
  },
};
