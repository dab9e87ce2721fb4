import { defineIntegration } from "#sdk";
import { accountingParts } from "#sdk/accounting";

import { check } from "./check.ts";
import { LedgerFileConfig } from "./config.ts";
import { ledgerFile } from "./target.ts";

export default defineIntegration({
  manifest: {
    id: "ledger-file",
    name: "Plain-text ledger (hledger, ledger, beancount)",
    docs: "https://plaintextaccounting.org",
  },
  config: LedgerFileConfig,
  ...accountingParts(ledgerFile),
  check,
});
