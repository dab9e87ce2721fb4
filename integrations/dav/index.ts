import { defineIntegration } from "#sdk";
import { crmParts } from "#sdk/crm";

import { DavConfig } from "./config.ts";
import { davTarget } from "./target.ts";

export default defineIntegration({
  manifest: {
    id: "dav",
    name: "CardDAV and CalDAV",
    docs: "https://www.rfc-editor.org/rfc/rfc6352",
  },
  config: DavConfig,
  ...crmParts(davTarget),
});
