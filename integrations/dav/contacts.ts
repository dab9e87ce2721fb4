import { PermanentError } from "#sdk";
import {
  type Contact,
  type CrmContacts,
  type CrmContext,
  fieldsToWrite,
  type Fields,
} from "#sdk/crm";

import { cardFields } from "./card-fields.ts";
import { Card } from "./card.ts";
import type { DavConfig } from "./config.ts";
import { collectionOf } from "./discover.ts";
import { CARD, create, edit, read, remove, type Resource } from "./resource.ts";
import { searchCards } from "./search.ts";

type Context = CrmContext<DavConfig>;

/** Guests, one vCard each. */
export const contacts: CrmContacts<DavConfig> = {
  fields: (contact, { addressBookUrl }) =>
    addressBookUrl === undefined ? undefined : cardFields(contact),

  async find(contact, context) {
    if (context.config.addressBookUrl === undefined) return undefined;
    const book = await bookOf(context);
    const there = (await read(ownUrl(book, contact), context)) ?? (await search(contact, context));
    return there && { externalId: there.url };
  },

  async put({ thing, fields, known }, context) {
    if (!known) {
      const card = Card.make(uidOf(thing));
      write(card, fields);
      const url = ownUrl(await bookOf(context), thing);
      return create(url, card.toText(context.clock.now()), CARD, context);
    }
    const change = (text: string) => {
      const card = Card.parse(text);
      if (!card) throw new PermanentError(`${known.externalId} is no vCard`);
      const there = Object.fromEntries(Object.keys(fields).map((name) => [name, card.get(name)]));
      const changes = fieldsToWrite({ fields, known }, there, context.config);
      if (Object.keys(changes).length === 0) return undefined;
      write(card, changes);
      return card.toText(context.clock.now());
    };
    return edit(known.externalId, change, CARD, context);
  },

  erase: ({ externalId }, context) => remove(externalId, context),
};

export async function bookOf(context: Context): Promise<string> {
  const { addressBookUrl = "" } = context.config;
  return (await collectionOf("addressbook", addressBookUrl, context)).url;
}

function write(card: Card, fields: Fields): void {
  for (const [name, value] of Object.entries(fields)) card.set(name, value);
}

function uidOf({ person }: Contact): string {
  return `bellhop-${person}`;
}

function ownUrl(book: string, contact: Contact): string {
  return `${book}${encodeURIComponent(uidOf(contact))}.vcf`;
}

/** For a card that the office has made, or a server that names files as it likes. */
async function search(contact: Contact, context: Context): Promise<Resource | undefined> {
  const keys = [
    { property: "X-BELLHOP-PERSON", value: contact.person },
    { property: "UID", value: uidOf(contact) },
    ...(contact.email === undefined || contact.isEmailShared
      ? []
      : [{ property: "EMAIL", value: contact.email }]),
  ];
  const wanted = keys.map((key) => ({ ...key, match: "equals" as const }));
  const found: Resource[] = [];
  for (const url of await searchCards(await bookOf(context), wanted, context)) {
    const there = await read(url, context);
    if (there) found.push(there);
  }
  // A server may know less of searching than it says, so what it found is looked at.
  for (const { property, value } of keys) {
    const match = found.find(({ text }) => has(Card.parse(text), property, value));
    if (match) return match;
  }
  return undefined;
}

function has(card: Card | undefined, property: string, value: string): boolean {
  return card?.values(property).some((one) => one.toLowerCase() === value.toLowerCase()) ?? false;
}
