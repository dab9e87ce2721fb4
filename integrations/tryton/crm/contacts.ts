import { kindOf, messageOf } from "#sdk";
import {
  type Contact,
  type CrmContacts,
  type CrmContext,
  type Fields,
  fieldsToWrite,
  type Known,
  type Put,
  type Refused,
  type Remote,
} from "#sdk/crm";

import { atDesk } from "../at-desk.ts";
import type { Values } from "../client.ts";
import type { TrytonConfig } from "../config.ts";
import type { Desk } from "../desk.ts";
import { findGuest, keysOf } from "../find-party.ts";
import { countryOf, isTaken } from "../party.ts";
import { categoriesOf } from "./categories.ts";
import { addressOf, addressText, contactFields } from "./contact-fields.ts";
import { eraseParty } from "./erase.ts";
import { mechanismChange, meantBy, type PhoneType, plainValue, WAYS } from "./mechanisms.ts";
import { keepNote } from "./own-note.ts";
import { isInDatabase, partyInUse, type PartyRecord, remoteOf } from "./party-record.ts";
import { takeBack } from "./take-back.ts";

type Context = CrmContext<TrytonConfig>;

export const contacts: CrmContacts<TrytonConfig> = {
  fields: contactFields,
  find: (contact, context) =>
    atDesk(context, async (desk) => {
      const found = await findGuest(contact, desk.tryton);
      return found && remoteOf("party.party", found.id, desk);
    }),
  put: (put, context) =>
    atDesk(context, (desk) =>
      put.known ? change(put, put.known, desk, context) : make(put, desk, context),
    ),
  isReachable: isInDatabase,
  erase: (remote, context) =>
    atDesk(context, (desk) => eraseParty(Number(remote.externalId), desk)),
};

/** Nothing is there yet, so nothing of it is the office's. */
const NOTHING: PartyRecord = {
  ...{ id: 0, code: "", name: "", active: true, replaced_by: null, lang: null },
  ...{ "identifiers.": [], "contact_mechanisms.": [], "addresses.": [], "categories.": [] },
};
const NOBODY_EDITED = { isEdited: () => false };

/** In one call: most guests come once. Tryton keeps the code unique, so two tries make one. */
async function make(
  put: Put<Contact>,
  desk: Desk,
  context: Context,
): Promise<Remote | Refused | "gone"> {
  const { thing, fields } = put;
  const { key: code = "" } = fields;
  try {
    const id = await withAnyPhone(async (phoneType) => {
      const values = await valuesOf({ thing, fields, there: NOTHING, phoneType }, desk);
      return desk.tryton.create("party.party", { ...values, code });
    });
    return await noted(id, fields, desk, true);
  } catch (error) {
    if (!isTaken(error)) throw error;
  }
  const known = await takeBack(code, fields, desk);
  return typeof known === "string" || "refused" in known
    ? known
    : change(put, known, desk, context);
}

async function change(
  { thing, fields }: Put<Contact>,
  known: Known,
  desk: Desk,
  { config }: Context,
): Promise<Remote | "gone"> {
  const there = await partyInUse(Number(known.externalId), fields["key"] ?? "", desk.tryton);
  if (there === undefined) return "gone";
  const texts = await textsOf(there, fields, known, desk);
  const changes = {
    ...fieldsToWrite({ fields, known }, texts, config),
    ...tagsToWrite(there, fields, known, config),
  };
  await withAnyPhone(async (phoneType) => {
    const values = await valuesOf({ thing, fields: changes, there, phoneType, known }, desk);
    // By it the guest is found, whatever was there before.
    const key = keysOf(there).includes(fields["key"] ?? "")
      ? {}
      : { identifiers: [["create", [{ code: fields["key"] }]]] };
    const all = { ...values, ...key };
    if (Object.keys(all).length > 0) await desk.tryton.write("party.party", [there.id], all);
  });
  return noted(there.id, fields, desk, false);
}

async function noted(
  id: number,
  { facts = "" }: Fields,
  desk: Desk,
  isNew: boolean,
): Promise<Remote> {
  await keepNote(`party.party,${id}`, facts, { tryton: desk.tryton, isNew });
  return remoteOf("party.party", id, desk);
}

/** What the party holds, by the names of our fields. Where it has what we want, it has just that. */
async function textsOf(there: PartyRecord, fields: Fields, known: Known, desk: Desk) {
  const { name } = there;
  const [email, phone] = WAYS.map((way) => meantBy(way, there, fields, known));
  const { tags = "", facts = "", key = "" } = fields;
  return {
    // Written by other means than a field of the party.
    ...{ key, facts, tags },
    name: name ?? "",
    email: email ? plainValue(email) : "",
    phone: phone ? plainValue(phone) : "",
    language: await languageOf(there, fields, desk),
    address: addressMeant(there, fields, known),
  };
}

/** What nobody has told, or Tryton does not know, takes nothing away. */
async function languageOf(
  { lang }: PartyRecord,
  { language = "" }: Fields,
  desk: Desk,
): Promise<string> {
  const wanted = language === "" ? undefined : await desk.language(language);
  if (wanted === undefined || wanted === lang) return language;
  return lang === null ? "" : ((await desk.languageCode(lang)) ?? `#${lang}`);
}

/** Of several: what is right already, else the one that is ours, else the first. */
function addressMeant(
  { "addresses.": addresses }: PartyRecord,
  { address = "" }: Fields,
  known: Known,
): string {
  const texts = addresses.map(addressText);
  if (address === "" || texts.includes(address)) return address;
  const ours = texts.find((text) => text !== "" && !known.isEdited("address", text));
  return ours ?? texts[0] ?? "";
}

/** Beside the categories of the office; one that was written before, it has taken away. */
function tagsToWrite(
  { "categories.": categories }: PartyRecord,
  { tags = "" }: Fields,
  known: Known,
  { onOfficeEdit }: TrytonConfig,
): Fields {
  const isThere = tags.split("; ").every((tag) => categories.some(({ name }) => name === tag));
  const isNew = onOfficeEdit === "overwrite" || known.isEdited("tags", tags);
  return tags === "" || isThere || !isNew ? {} : { tags };
}

interface Change {
  thing: Contact;
  /** Those that are to be written. */
  fields: Fields;
  there: PartyRecord;
  phoneType: PhoneType;
  known?: Pick<Known, "isEdited">;
}

async function valuesOf(
  { thing, fields, there, phoneType, known = NOBODY_EDITED }: Change,
  desk: Desk,
): Promise<Values> {
  const mechanisms = WAYS.flatMap((way) => {
    const value = fields[way];
    if (value === undefined) return [];
    const meant = meantBy(way, there, fields, { externalId: "", ...known });
    return mechanismChange(way, value, meant, phoneType);
  });
  const lang = fields["language"] ? await desk.language(fields["language"]) : undefined;
  const tags = (fields["tags"] ?? "") === "" ? [] : thing.tags;
  return {
    ...(fields["name"] !== undefined && { name: fields["name"] }),
    ...(lang !== undefined && { lang }),
    ...(mechanisms.length > 0 && { contact_mechanisms: mechanisms }),
    ...(tags.length > 0 && { categories: [["add", await categoriesOf(tags, desk.tryton)]] }),
    ...(await addressChange(thing, fields, there, desk)),
  };
}

/** An address is never changed, since invoices were sent to it; an empty one is filled in. */
async function addressChange(
  contact: Contact,
  { address = "" }: Fields,
  { "addresses.": addresses }: PartyRecord,
  { tryton }: Desk,
): Promise<Values> {
  if (address === "") return {};
  const values = { ...addressOf(contact), ...(await countryOf(contact, tryton)) };
  const empty = addresses.find((one) => addressText(one) === "");
  return {
    addresses: empty === undefined ? [["create", [values]]] : [["write", [empty.id], values]],
  };
}

/** Tryton looks at telephone numbers where it has a library for it. */
async function withAnyPhone<Result>(
  work: (phoneType: PhoneType) => Promise<Result>,
): Promise<Result> {
  try {
    return await work("phone");
  } catch (error) {
    if (kindOf(error) !== "permanent" || !/phone number/i.test(messageOf(error))) throw error;
    return work("other");
  }
}
