import type { CrmTarget } from "#sdk/crm";

import type { DavConfig } from "./config.ts";
import { contacts } from "./contacts.ts";
import { readBook } from "./read-book.ts";

/** An address book as a CRM: contacts, and nothing else. */
export const davTarget: CrmTarget<DavConfig> = {
  contacts,
  async read(mark, context) {
    return { contacts: await readBook(mark, context), deals: [], companies: [] };
  },
};
