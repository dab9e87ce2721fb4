import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// Compiled files lie one folder deeper than their sources, below `dist`.
const beside = new URL("../", import.meta.url);
const isBuilt = !existsSync(new URL("package.json", beside));
const packageRoot = isBuilt ? new URL("../", beside) : beside;

/** The integrations that come with Bellhop, as this program can load them. */
export const productIntegrations = fileURLToPath(new URL("integrations", beside));

/** The templates that come with Bellhop. */
export const productTemplates = fileURLToPath(new URL("templates", packageRoot));

export const productRoot = fileURLToPath(packageRoot);
