import type { CrmTarget } from "#sdk/crm";

import type { TrytonConfig } from "../config.ts";
import { companies } from "./companies.ts";
import { contacts } from "./contacts.ts";
import { deals } from "./deals.ts";
import { writeNote } from "./notes.ts";
import { readView } from "./read.ts";

export const trytonCrm: CrmTarget<TrytonConfig> = {
  contacts,
  companies,
  deals,
  note: writeNote,
  read: readView,
};
