import { PermanentError } from "#sdk";
import {
  type Contact,
  type CrmContacts,
  type CrmContext,
  fieldsToWrite,
  type Fields,
  type Remote,
} from "#sdk/crm";

import { cardFields } from "./card-fields.ts";
import { Card } from "./card.ts";
import type { DavConfig } from "./config.ts";
import { collectionOf, isOnOurServer } from "./discover.ts";
import { CARD, create, edit, read, remove } from "./resource.ts";
import { fits, searchCards } from "./search.ts";

type Context = CrmContext<DavConfig>;

/** Guests, one vCard each. */
export const contacts: CrmContacts<DavConfig> = {
  fields: (contact, { addressBookUrl }) =>
    addressBookUrl === undefined ? undefined : cardFields(contact),

  async find(contact, context) {
    if (context.config.addressBookUrl === undefined) return undefined;
    const book = await bookOf(context);
    const own = ownUrl(book, contact);
    return (await read(own, context)) ? { externalId: own } : search(contact, context);
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

  isReachable: ({ externalId }, context) => isOnOurServer("addressbook", externalId, context),
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

const PERSON = "X-BELLHOP-PERSON";

/** For a card that the office has made, or a server that names files as it likes. */
async function search(contact: Contact, context: Context): Promise<Remote | undefined> {
  const keys = [
    { property: PERSON, value: contact.person },
    { property: "UID", value: uidOf(contact) },
    ...(contact.email === undefined || contact.isEmailShared
      ? []
      : [{ property: "EMAIL", value: contact.email }]),
  ];
  const wanted = keys.map((key) => ({ ...key, match: "equals" as const }));
  const all = await searchCards(await bookOf(context), wanted, context);
  // An address is on the cards of all who share it.
  const found = all.filter(({ card }) => ["", contact.person].includes(card.get(PERSON)));
  // Ours counts more than the address, which may be on several cards.
  const matches = wanted.map((one) => found.find(({ card }) => fits(one, card)));
  const best = matches.find((match) => match !== undefined);
  return best && { externalId: best.url };
}
