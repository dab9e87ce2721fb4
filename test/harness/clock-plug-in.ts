import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { temporaryFolder } from "./servers.ts";

/** What it does by the clock. */
const PLUG_IN = `import { z } from "${process.cwd()}/node_modules/zod/index.js";

export default {
  manifest: { id: "count", name: "Count" },
  config: z.strictObject({ refuses: z.boolean().default(false) }),
  schedules: [{
    id: "tally",
    every: "day at 07:00",
    timeZone: "Europe/Oslo",
    async handle({ since, until }, { config }) {
      const refusal = Object.assign(new Error("no such account"), { kind: "permanent" });
      if (config.refuses) throw refusal;
      return { done: \`counted from \${since} to \${until}\` };
    },
  }],
};
`;

/** @returns a folder for \`integrationPaths\`, with a plug-in \`count\` that works by the clock. */
export function installClockPlugIn(): string {
  const folder = join(temporaryFolder(), "plug-ins");
  mkdirSync(join(folder, "count"), { recursive: true });
  writeFileSync(join(folder, "count", "index.mjs"), PLUG_IN);
  return folder;
}
