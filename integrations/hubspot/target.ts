import type { CrmTarget } from "#sdk/crm";

import { companies } from "./companies.ts";
import type { HubSpotConfig } from "./config.ts";
import { contacts } from "./contacts.ts";
import { deals } from "./deals.ts";
import { writeNote } from "./notes.ts";
import { readView } from "./read.ts";

/** Ten calls a second are everybody's, and a booking takes up to ten calls. */
export const hubspot: CrmTarget<HubSpotConfig> = {
  atOnce: 4,
  perMinute: 120,
  contacts,
  companies,
  deals,
  note: writeNote,
  read: readView,
};
