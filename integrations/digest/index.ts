import { defineIntegration } from "#sdk";

import { check } from "./check.ts";
import { DigestConfig } from "./config.ts";
import { digest } from "./schedules/digest.ts";

export default defineIntegration({
  manifest: { id: "digest", name: "Digest for the office" },
  config: DigestConfig,
  schedules: [digest],
  check,
});
