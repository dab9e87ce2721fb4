import { PermanentError } from "#sdk";
import {
  type Contact,
  type CrmContacts,
  type CrmContext,
  type Fields,
  fieldsToWrite,
  type Known,
  type Put,
  type Remote,
} from "#sdk/crm";

import { ConflictError } from "./answer.ts";
import { HubSpotClient } from "./client.ts";
import type { HubSpotConfig } from "./config.ts";
import { KEYS } from "./properties.ts";
import { type HubSpotRecord, Records, remoteOf, textsOf } from "./records.ts";
import { filled, inWords, without } from "./words.ts";

type Context = CrmContext<HubSpotConfig>;

const KEY = KEYS.contacts;
const ADDRESS = ["address", "city", "zip", "state"] as const;

/** All that is read of a contact. */
export const CONTACT_PROPERTIES = [
  ...[KEY, "email", "firstname", "lastname", "phone", "country", "company", ...ADDRESS],
  ...["bellhop_language", "bellhop_bookings", "bellhop_spent", "bellhop_first_booked"],
  ...["bellhop_last_booked", "bellhop_next_stay", "bellhop_tags", "bellhop_consent"],
];

export const contacts: CrmContacts<HubSpotConfig> = {
  fields: contactFields,
  find: findContact,
  put: (put, context) => (put.known ? change(put, put.known, context) : make(put, context)),
  erase: eraseContact,
};

export function contactRecords(context: Context): Records {
  return new Records(new HubSpotClient(context), "contacts", CONTACT_PROPERTIES);
}

function contactFields(contact: Contact): Fields {
  const { person, email, isEmailShared, phone = "", country = "", company = "" } = contact;
  const { language = "", bookings, spent, tags, consent } = contact;
  const { firstBookedOn = "", lastBookedOn = "", nextStayOn = "" } = contact;
  return {
    ...{ [KEY]: person, ...namesOf(contact), phone, country, company },
    // HubSpot has each address once: one that is shared stays with whom it was first.
    ...(email !== undefined && !isEmailShared && { email }),
    ...addressOf(contact),
    ...{ bellhop_language: language, bellhop_bookings: String(bookings) },
    ...{ bellhop_spent: spent.map(inWords).join("; "), bellhop_tags: tags.join("; ") },
    ...{ bellhop_first_booked: firstBookedOn, bellhop_last_booked: lastBookedOn },
    ...{ bellhop_next_stay: nextStayOn, bellhop_consent: consent },
  };
}

/** A name that came as one is a last name; HubSpot shows the address of who has none. */
function namesOf({ name, firstName = "", lastName = "", email }: Contact) {
  if (firstName !== "" || lastName !== "") return { firstname: firstName, lastname: lastName };
  return { firstname: "", lastname: name === email ? "" : name };
}

function addressOf({ address = {} }: Contact): Fields {
  const { street, city, postcode, state } = address;
  const parts = { address: street, city, zip: postcode, state };
  return Object.fromEntries(ADDRESS.map((name) => [name, parts[name] ?? ""]));
}

async function findContact(contact: Contact, context: Context): Promise<Remote | undefined> {
  const { person, email, isEmailShared } = contact;
  const records = contactRecords(context);
  const ours = await records.byKey(KEY, person);
  if (ours) return remoteOf(ours);
  if (email === undefined || isEmailShared) return undefined;
  const found = await records.byKey("email", email);
  return found && isOf(found, contact) ? remoteOf(found) : undefined;
}

/**
 * Whether a record is this guest's. After the office has merged two, the id and the address of one
 * lead to the other, which is somebody else's: it carries that one's key and main address.
 */
function isOf(record: HubSpotRecord, { person, email, isEmailShared }: Contact): boolean {
  const texts = textsOf(record);
  const key = texts[KEY] ?? "";
  const hasMainAddress = !isEmailShared && email !== undefined && texts["email"] === email;
  return key === "" || key === person || hasMainAddress;
}

async function make(put: Put<Contact>, context: Context): Promise<Remote | "gone"> {
  const { thing, fields } = put;
  const records = contactRecords(context);
  try {
    return remoteOf(await records.upsert(KEY, thing.person, filled(fields)));
  } catch (error) {
    if (!(error instanceof ConflictError) || error.existingId === undefined) throw error;
    return makeBeside(put, error.existingId, context);
  }
}

/**
 * Somebody made a contact with this address meanwhile, or it is among the further addresses of one:
 * that one is the guest's unless it is known to be somebody else's.
 */
async function makeBeside(
  put: Put<Contact>,
  existingId: string,
  context: Context,
): Promise<Remote | "gone"> {
  const { thing, fields } = put;
  const records = contactRecords(context);
  const existing = await records.byId(existingId);
  if (existing && isOf(existing, thing)) {
    // Nothing in it was ever ours.
    const known = { externalId: existing.id, isEdited: (_: string, value: string) => value !== "" };
    return change(put, known, context);
  }
  return remoteOf(await records.upsert(KEY, thing.person, filled(without(fields, "email"))));
}

async function change(
  { thing, fields }: Put<Contact>,
  known: Known,
  context: Context,
): Promise<Remote | "gone"> {
  const records = contactRecords(context);
  const there = await records.byId(known.externalId);
  if (!there || !isOf(there, thing)) return "gone";
  const texts = textsOf(there);
  const changes = {
    ...fieldsToWrite({ fields, known }, texts, context.config),
    // By it the contact is found, whatever was there before.
    ...(texts[KEY] !== thing.person && { [KEY]: thing.person }),
  };
  if (Object.keys(changes).length === 0) return remoteOf(there);
  const changed = await changeKeeping(records, there.id, changes, context);
  return changed ? remoteOf(changed) : "gone";
}

/** With all but the address, when another contact has that: which is right is for people to say. */
async function changeKeeping(
  records: Records,
  id: string,
  changes: Fields,
  { log }: Context,
): Promise<HubSpotRecord | undefined> {
  try {
    return await records.change(id, changes);
  } catch (error) {
    if (!(error instanceof ConflictError) || !("email" in changes)) throw error;
    log.warn({ contact: id }, "another contact has this guest's address: merge them in HubSpot");
    return records.change(id, without(changes, "email"));
  }
}

/**
 * For good, with all that HubSpot keeps of it. By id and not by address: an address that HubSpot does
 * not know would be blocked for ever
 * (https://developers.hubspot.com/docs/api/crm/contacts, "Permanently delete a contact").
 */
async function eraseContact({ externalId }: Remote, context: Context): Promise<void> {
  const there = await contactRecords(context).byId(externalId);
  if (!there) return;
  if (there.id !== externalId) {
    throw new PermanentError(
      `contact ${externalId} has been merged into ${there.id}, which may be somebody else's: erase it in HubSpot by hand`,
    );
  }
  const body = { objectId: externalId };
  const path = "v3/objects/contacts/gdpr-delete";
  await new HubSpotClient(context).send({ method: "POST", path, body });
}
