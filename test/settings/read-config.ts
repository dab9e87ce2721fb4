import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { productIntegrations } from "../../src/paths.ts";
import { loadRegistry } from "../../src/registry/registry.ts";
import { environmentOf } from "../../src/settings/environment.ts";
import { SettingsError } from "../../src/settings/settings-error.ts";
import { readSettings, type Settings } from "../../src/settings/settings.ts";
import { temporaryFolder } from "../harness/servers.ts";

type Variables = Readonly<Record<string, string>>;

/** Reads a configuration as Bellhop does; several files are a folder of them. */
export function read(
  files: string | Readonly<Record<string, string>>,
  variables: Variables = {},
): Settings {
  const folder = temporaryFolder();
  const environment = (config: string) =>
    environmentOf({ BELLHOP_DATA: join(folder, "data"), ...variables, BELLHOP_CONFIG: config });
  if (typeof files === "string") {
    writeFileSync(join(folder, "bellhop.yaml"), files);
    return readSettings(environment(join(folder, "bellhop.yaml")));
  }
  mkdirSync(join(folder, "config"));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, "config", name), text);
  }
  return readSettings(environment(join(folder, "config")));
}

/** Each fault of a configuration in its line. */
export function faultsOf(...parameters: Parameters<typeof read>): readonly string[] {
  return problemsOf(() => read(...parameters));
}

export function problemsOf(run: () => unknown): readonly string[] {
  try {
    run();
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

/** Faults that show only when the integrations are there. */
export async function faultsWithIntegrations(text: string): Promise<readonly string[]> {
  try {
    await loadRegistry(read(text), [productIntegrations]);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}
