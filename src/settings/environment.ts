import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

import { SettingsError } from "./settings-error.ts";

/** Looks a variable up; undefined when it is not set. */
export type Environment = (name: string) => string | undefined;

/**
 * The process's variables over those of `.env` in the working folder. `NAME_FILE` stands for a file
 * that holds the value, as container secrets do.
 */
export function readEnvironment(folder = process.cwd()): Environment {
  const file = join(folder, ".env");
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  return environmentOf({ ...fromFile, ...process.env });
}

export function environmentOf(
  variables: Readonly<Record<string, string | undefined>>,
): Environment {
  return (name) => {
    const value = variables[name];
    const path = variables[`${name}_FILE`];
    // An empty place in .env must not hide a secret that comes as a file.
    if (value !== undefined && (value !== "" || !path)) return value;
    return path ? readSecret(name, path) : undefined;
  };
}

function readSecret(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    throw new SettingsError([`${name}_FILE: cannot read ${path} (${why}): correct the path`]);
  }
}
