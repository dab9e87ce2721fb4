import { defineIntegration } from "#sdk";

import { check } from "./check.ts";
import { TrytonConfig } from "./config.ts";

export default defineIntegration({
  manifest: { id: "tryton", name: "Tryton", docs: "https://docs.tryton.org/6.0/" },
  config: TrytonConfig,
  check,
});
