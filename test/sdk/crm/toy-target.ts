import { z } from "zod";

import {
  type CrmObject,
  crmParts,
  crmSettings,
  type CrmTarget,
  type CrmView,
  type Deal,
  type Company,
  type Contact,
  type Fields,
  fieldsToWrite,
  carries,
} from "../../../src/sdk/crm.ts";
import { defineIntegration } from "../../../src/sdk/integration.ts";
import { formatAmount, type Money } from "../../../src/sdk/money.ts";

// A CRM in memory, that behaves as those that somebody runs: ids of its own, fields of text.

export const ToyConfig = z.strictObject({ ...crmSettings });
export type ToyConfig = z.output<typeof ToyConfig>;

export interface ToyRow {
  id: string;
  fields: Record<string, string>;
  isSubscribed?: boolean;
  hasLeft?: boolean;
}

export class ToyCrm {
  readonly contacts = new Map<string, ToyRow>();
  readonly companies = new Map<string, ToyRow>();
  readonly deals = new Map<string, ToyRow>();
  readonly notes = new Map<string, string>();
  writes = 0;
  #made = 0;

  make(table: Map<string, ToyRow>, fields: Fields): ToyRow {
    this.#made += 1;
    const row = { id: `r${this.#made}`, fields: { ...fields } };
    table.set(row.id, row);
    this.writes += 1;
    return row;
  }

  target(): CrmTarget<ToyConfig> {
    const { contacts, companies, deals } = this;
    return {
      atOnce: 4,
      contacts: {
        ...this.#object(contacts, contactFields, ({ person, email, isEmailShared }) => [
          ["person", person],
          ["email", isEmailShared ? undefined : email],
        ]),
        erase: ({ externalId }) => {
          contacts.delete(externalId);
          return Promise.resolve();
        },
      },
      companies: this.#object(companies, companyFields, ({ key }) => [["key", key]]),
      deals: this.#object(deals, dealFields, ({ key }) => [["key", key]]),
      note: ({ key, text, contactId }) => {
        if (!contacts.has(contactId)) return Promise.resolve("gone");
        this.notes.set(key, text);
        return Promise.resolve({ externalId: key });
      },
      read: (mark) => Promise.resolve(this.#read(mark)),
    };
  }

  #object<Thing>(
    table: Map<string, ToyRow>,
    fieldsOf: (thing: Thing) => Fields,
    keysOf: (thing: Thing) => [field: string, value: string | undefined][],
  ): CrmObject<Thing, ToyConfig> {
    return {
      fields: fieldsOf,
      find: (thing) => {
        for (const [field, value] of keysOf(thing)) {
          const row = [...table.values()].find(({ fields }) => value && fields[field] === value);
          if (row) return Promise.resolve({ externalId: row.id });
        }
        return Promise.resolve(undefined);
      },
      put: ({ thing, fields, known }, { config }) => {
        if (known && !table.has(known.externalId)) return Promise.resolve("gone");
        const row = table.get(known?.externalId ?? "") ?? this.make(table, {});
        const changes = fieldsToWrite(
          { fields, ...(known && { known }) },
          row.fields,
          table === this.contacts ? config : { onOfficeEdit: "overwrite" },
        );
        if (Object.keys(changes).length > 0) this.writes += 1;
        Object.assign(row.fields, changes);
        const { maySubscribe, consent } = thing as Partial<Contact>;
        if (consent === "no") row.isSubscribed = false;
        if (maySubscribe && !row.hasLeft) row.isSubscribed = true;
        return Promise.resolve({ externalId: row.id });
      },
    };
  }

  #read(mark: string): CrmView {
    const marked = (table: Map<string, ToyRow>) =>
      [...table.values()].filter(({ fields }) =>
        carries(mark, fields["name"], fields["email"], fields["key"]),
      );
    return {
      contacts: marked(this.contacts).map(viewOf),
      companies: marked(this.companies).map(({ id, fields }) => ({
        externalId: id,
        name: fields["name"] ?? "",
      })),
      deals: marked(this.deals).map(({ fields: { key = "", ...rest } }) => ({ key, ...rest })),
    };
  }
}

/** The toy as a plug-in. */
export function toyIntegration(toy: ToyCrm) {
  return defineIntegration({
    manifest: { id: "toy", name: "Toy CRM" },
    config: ToyConfig,
    ...crmParts(toy.target()),
  });
}

function viewOf({ id, fields, isSubscribed = false }: ToyRow): CrmView["contacts"][number] {
  const { bookings, spent, tags, ...rest } = fields;
  return {
    externalId: id,
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== "")),
    bookings: Number(bookings),
    spent: listed(spent),
    tags: listed(tags),
    isSubscribed,
  };
}

function listed(text = ""): string[] {
  return text === "" ? [] : text.split(", ");
}

function contactFields(contact: Contact): Fields {
  const { person, name, email = "", phone = "", language = "", country = "" } = contact;
  const { company = "", bookings, spent, tags, consent } = contact;
  const { firstBookedOn = "", lastBookedOn = "", nextStayOn = "" } = contact;
  return {
    ...{ person, name, email, phone, language, country, company, consent },
    ...{ bookings: String(bookings), spent: spent.map(inWords).join(", "), tags: tags.join(", ") },
    ...{ firstBookedOn, lastBookedOn, nextStayOn },
  };
}

function companyFields({ key, name, email = "" }: Company): Fields {
  return { key, name, email };
}

function dealFields({ key, stage = "", amount, startsOn = "", ...ids }: Deal): Fields {
  const { contactId = "", companyId = "" } = ids;
  return { key, stage, amount: amount ? inWords(amount) : "", startsOn, contactId, companyId };
}

function inWords(money: Money): string {
  return `${formatAmount(money)} ${money.currency}`;
}
