import { defineIntegration } from "#sdk";
import { accountingParts } from "#sdk/accounting";

import { check } from "./check.ts";
import { XeroConfig } from "./config.ts";
import { oauth } from "./oauth.ts";
import { xero } from "./target.ts";

export default defineIntegration({
  manifest: {
    id: "xero",
    name: "Xero",
    docs: "https://developer.xero.com/documentation/api/accounting/overview",
  },
  config: XeroConfig,
  ...accountingParts(xero),
  oauth,
  check,
});
