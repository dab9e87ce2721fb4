import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** Where an integration's entry file is. */
export interface IntegrationPlace {
  id: string;
  entry: string;
}

const ENTRIES = ["index.ts", "index.js", "index.mjs"];

/**
 * Finds the integrations that there are, without loading any.
 *
 * @param folders Each holds one folder per integration.
 * @param paths From the configuration: such a folder, a single integration, or an installed package.
 */
export function findIntegrations(
  folders: readonly string[],
  paths: readonly string[],
): Map<string, IntegrationPlace> {
  const found = new Map<string, IntegrationPlace>();
  for (const folder of folders) addFolder(found, folder);
  for (const path of paths) {
    const entry = entryOf(path);
    if (entry) found.set(idOf(path), { id: idOf(path), entry });
    else if (existsSync(path)) addFolder(found, path);
    else addPackage(found, path);
  }
  return found;
}

function addFolder(found: Map<string, IntegrationPlace>, folder: string): void {
  if (!existsSync(folder)) return;
  for (const { name } of readdirSync(folder, { withFileTypes: true })) {
    const entry = entryOf(join(folder, name));
    if (entry) found.set(name, { id: name, entry });
  }
}

function addPackage(found: Map<string, IntegrationPlace>, name: string): void {
  const require = createRequire(pathToFileURL(join(process.cwd(), "package.json")));
  try {
    found.set(idOf(name), { id: idOf(name), entry: require.resolve(name) });
  } catch {
    // Not there: whoever uses it gets the message that names what there is.
  }
}

function entryOf(folder: string): string | undefined {
  return ENTRIES.map((name) => join(folder, name)).find((file) => existsSync(file));
}

function idOf(path: string): string {
  const name = path.replace(/\/+$/, "");
  return name.slice(name.lastIndexOf("/") + 1) || dirname(path);
}
