import { defineIntegration } from "#sdk";
import { crmParts } from "#sdk/crm";

import { calendar } from "./calendar.ts";
import { check } from "./check.ts";
import { DavConfig } from "./config.ts";
import { davTarget } from "./target.ts";

const { handlers, people } = crmParts(davTarget);

export default defineIntegration({
  manifest: { id: "dav", name: "CardDAV and CalDAV", docs: "https://sabre.io/dav/" },
  config: DavConfig,
  handlers: [...handlers, calendar],
  people,
  check,
});
