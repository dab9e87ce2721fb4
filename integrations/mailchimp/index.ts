import { defineIntegration } from "#sdk";
import { crmParts } from "#sdk/crm";

import { check } from "./check.ts";
import { MailchimpConfig } from "./config.ts";
import { mailchimp } from "./target.ts";

export default defineIntegration({
  manifest: {
    id: "mailchimp",
    name: "Mailchimp",
    docs: "https://mailchimp.com/developer/marketing/api/",
  },
  config: MailchimpConfig,
  ...crmParts(mailchimp),
  check,
});
