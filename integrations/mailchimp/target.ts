import type { CrmTarget } from "#sdk/crm";

import type { MailchimpConfig } from "./config.ts";
import { contacts } from "./contacts.ts";
import { readView } from "./read.ts";

/** Ten calls at once are allowed to an account, whoever makes them: two are left to others. */
export const mailchimp: CrmTarget<MailchimpConfig> = {
  atOnce: 8,
  contacts,
  read: readView,
};
