import { defineIntegration } from "#sdk";
import { accountingParts } from "#sdk/accounting";
import { crmParts } from "#sdk/crm";

import { check } from "./check.ts";
import { TrytonConfig } from "./config.ts";
import { trytonCrm } from "./crm/target.ts";
import { trytonTarget } from "./target.ts";

const accounting = accountingParts(trytonTarget);
const crm = crmParts(trytonCrm);
const withBooks = { isWanted: ({ books }: TrytonConfig) => books };
const withContacts = { isWanted: ({ contacts }: TrytonConfig) => contacts };

export default defineIntegration({
  manifest: { id: "tryton", name: "Tryton", docs: "https://docs.tryton.org/6.0/" },
  config: TrytonConfig,
  handlers: [
    ...accounting.handlers.map((handler) => ({ ...handler, ...withBooks })),
    ...crm.handlers.map((handler) => ({ ...handler, ...withContacts })),
  ],
  schedules: accounting.schedules.map((schedule) => ({ ...schedule, ...withBooks })),
  books: accounting.books,
  people: { ...crm.people, ...withContacts },
  check,
});
