import { defineIntegration } from "#sdk";
import { crmParts } from "#sdk/crm";

import { calendar } from "./calendar.ts";
import { check } from "./check.ts";
import { DavConfig } from "./config.ts";
import { people } from "./people.ts";
import { davTarget } from "./target.ts";

export default defineIntegration({
  manifest: { id: "dav", name: "CardDAV and CalDAV", docs: "https://sabre.io/dav/" },
  config: DavConfig,
  handlers: [...crmParts(davTarget).handlers, calendar],
  people,
  rules: ({ calendars }) =>
    calendars.map((rule, index) => ({ path: ["calendars", index], ...rule })),
  check,
});
