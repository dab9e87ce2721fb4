import type { CrmTarget } from "#sdk/crm";

import { companies } from "./companies.ts";
import type { HubSpotConfig } from "./config.ts";
import { contacts } from "./contacts.ts";
import { deals } from "./deals.ts";
import { writeNote } from "./notes.ts";
import { readView } from "./read.ts";

/**
 * Those that are written at a time share their calls; how many calls there are is the client's matter.
 * All that are begun together have to end in the minute that a job has, also at the slowest pace.
 */
export const hubspot: CrmTarget<HubSpotConfig> = {
  atOnce: 12,
  contacts,
  companies,
  deals,
  note: writeNote,
  read: readView,
};
