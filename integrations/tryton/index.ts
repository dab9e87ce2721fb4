import { defineIntegration } from "#sdk";
import { accountingParts } from "#sdk/accounting";

import { check } from "./check.ts";
import { TrytonConfig } from "./config.ts";
import { trytonTarget } from "./target.ts";

export default defineIntegration({
  manifest: { id: "tryton", name: "Tryton", docs: "https://docs.tryton.org/6.0/" },
  config: TrytonConfig,
  ...accountingParts(trytonTarget),
  check,
});
