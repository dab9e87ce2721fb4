import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Command } from "commander";

import { productRoot } from "../paths.ts";
import { knownIntegrations } from "../simulate/known-integrations.ts";
import { configJsonSchema } from "./schema-config.ts";

const SCHEMA_FILE = join(productRoot, "bellhop.schema.json");

/** For those who change a configuration key: `npm run schema`. */
export function addSchemaCommand(program: Command): void {
  program
    .command("schema", { hidden: true })
    .description("write bellhop.schema.json from the schemas that check the configuration")
    .action(async () => {
      const schema = configJsonSchema(await knownIntegrations());
      writeFileSync(SCHEMA_FILE, `${JSON.stringify(schema, null, 2)}\n`);
      process.stdout.write(`Written: ${SCHEMA_FILE}\n`);
    });
}
