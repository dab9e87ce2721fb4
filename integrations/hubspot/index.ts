import { defineIntegration } from "#sdk";
import { crmParts } from "#sdk/crm";

import { check } from "./check.ts";
import { HubSpotConfig } from "./config.ts";
import { hubspot } from "./target.ts";

export default defineIntegration({
  manifest: {
    id: "hubspot",
    name: "HubSpot",
    docs: "https://developers.hubspot.com/docs/api/crm/understanding-the-crm",
  },
  config: HubSpotConfig,
  ...crmParts(hubspot),
  check,
});
