import { access, constants, mkdir } from "node:fs/promises";

import { type CheckContext, ConfigurationError } from "#sdk";

import type { LedgerFileConfig } from "./config.ts";
import { placeOf } from "./target.ts";

export async function check({
  config,
  dataFolder,
}: CheckContext<LedgerFileConfig>): Promise<string> {
  const { folder, format } = placeOf(config, dataFolder);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new ConfigurationError(`${folder} cannot be written: correct path`, { cause });
  }
  return `the journal is ${folder}/main.${format.ending}, policy ${config.policy}`;
}
