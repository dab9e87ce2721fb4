import { z } from "zod";

import { type GuestKeys, kindOf, messageOf, RetryableError } from "#sdk";
import type { Party } from "#sdk/accounting";

import type { Tryton, Values } from "./client.ts";
import {
  booksKey,
  findGuest,
  type FoundParty,
  guestKey,
  isOfAnother,
  partiesWith,
} from "./find-party.ts";
import { asId } from "./wire.ts";

export interface PartyRecord {
  id: number;
  /** Invoices are addressed to it. */
  address: number;
}

const AddressRow = {
  id: asId,
  street: z.string().nullable(),
  city: z.string().nullable(),
  postal_code: z.string().nullable(),
  party_name: z.string().nullable(),
};

/** Of whoever keeps guests as parties too, beside the books. */
export interface ContactsBeside {
  /** Who is billed; absent: an agent, or nothing more is known of the guest. */
  guest?: GuestKeys;
}

/**
 * The party with a code, as it is known now: made when it is new, renamed when its name has changed,
 * and given what is missing of address, e-mail, telephone and tax number. Found by its code alone:
 * two guests of one name are two parties.
 *
 * @param beside Guests are kept too: a guest is one party under whichever code, and name, e-mail and
 *   telephone are that side's matter, which leaves alone what the office has changed.
 */
export async function ensureParty(
  party: Party,
  tryton: Tryton,
  beside?: ContactsBeside,
): Promise<PartyRecord> {
  const { guest } = beside ?? {};
  const known = await partiesWith([party.code], [booksKey(party.code)], tryton);
  const there = billedAmong(known, guest) ?? (guest && (await takeUp(party, guest, known, tryton)));
  if (there !== undefined) return renewed(there, party, tryton, beside);
  const made = await createParty(party, tryton, guest && { guest, known });
  if (made !== undefined) return made;
  const [holder] = await partiesWith([codeOf(party, guest)], [], tryton);
  if (holder !== undefined) return renewed(holder, party, tryton, beside);
  throw new RetryableError(`the party ${party.code} was made and is gone again`);
}

/**
 * An inactive one is still that of its documents; what is new of a guest goes to one that is active.
 * Of a booking that has changed hands the code is the same, and its party whoever had it before.
 */
function billedAmong(
  known: readonly FoundParty[],
  guest: GuestKeys | undefined,
): FoundParty | undefined {
  const active = known.filter((party) => party.active);
  if (guest === undefined) return active[0] ?? known[0];
  return active.find((party) => !isOfAnother(party, guestKey(guest.person)));
}

/** A guest who is there already gets the code of the books too. */
async function takeUp(
  { code }: Party,
  guest: GuestKeys,
  known: readonly FoundParty[],
  tryton: Tryton,
): Promise<FoundParty | undefined> {
  const found = await findGuest(guest, tryton);
  if (found !== undefined) {
    const identifiers = [identifierOf(code, known)];
    await tryton.write("party.party", [found.id], { identifiers });
  }
  return found;
}

/** What gives a party the code of the books: a code has one party, so another's goes over to it. */
function identifierOf(code: string, known: readonly FoundParty[]): readonly unknown[] {
  const key = booksKey(code);
  const others = known.filter((party) => party.active).flatMap((party) => party["identifiers."]);
  const ids = others.filter((one) => one.code === key).map(({ id }) => id);
  return ids.length > 0 ? ["add", ids] : ["create", [{ code: key }]];
}

async function renewed(
  { id, name }: FoundParty,
  party: Party,
  tryton: Tryton,
  beside: ContactsBeside | undefined,
): Promise<PartyRecord> {
  if (beside === undefined && name !== party.name && party.isKnown !== true) {
    await tryton.write("party.party", [id], { name: party.name });
  }
  const address = await ensureAddress(id, party, tryton, beside?.guest);
  if (beside === undefined) await ensureContacts(id, party, tryton);
  if (party.taxNumber !== undefined) await ensureTaxNumber(id, party.taxNumber, tryton);
  return { id, address };
}

/** Tryton keeps codes unique: of two that make a guest at once one finds the other's. */
function codeOf({ code }: Party, guest: GuestKeys | undefined): string {
  return guest === undefined ? code : guestKey(guest.person);
}

/**
 * With all that is known of it in one call: most guests come once.
 *
 * @returns undefined: it is there, and lacks something.
 */
async function createParty(
  party: Party,
  tryton: Tryton,
  beside: { guest: GuestKeys; known: readonly FoundParty[] } | undefined,
): Promise<PartyRecord | undefined> {
  const { guest } = beside ?? {};
  const country = await countryOf(party, tryton);
  const values = {
    name: guest === undefined ? party.name : (party.contactName ?? party.name),
    code: codeOf(party, guest),
    addresses: [["create", [{ ...addressOf(party, guest), ...country }]]],
    ...(beside && { identifiers: [identifierOf(party.code, beside.known)] }),
  };
  const contacts = contactsOf(guest ? { ...guest, name: "" } : party);
  const mechanisms = contacts.map(([type, value]) => ({ type, value }));
  try {
    const whole = { ...values, contact_mechanisms: [["create", mechanisms]] };
    const id = await tryton.create("party.party", whole);
    if (party.taxNumber !== undefined) await ensureTaxNumber(id, party.taxNumber, tryton);
    const [row] = await tryton.read("party.party", [id], { addresses: z.array(asId) });
    const [address] = row?.addresses ?? [];
    return address === undefined ? undefined : { id, address };
  } catch (error) {
    // Somebody was faster, since Tryton keeps codes unique; or it does not accept a number or an
    // address, which is then left as a note.
    if (kindOf(error) !== "permanent") throw error;
    if (!isTaken(error)) await createBare(values, tryton);
    return undefined;
  }
}

async function createBare(values: Values, tryton: Tryton): Promise<void> {
  try {
    await tryton.create("party.party", values);
  } catch (error) {
    if (kindOf(error) !== "permanent" || !isTaken(error)) throw error;
  }
}

/** The code is another party's. */
export function isTaken(error: unknown): boolean {
  return messageOf(error).includes("must be unique");
}

/** An address is never changed: invoices of before were sent to it. */
async function ensureAddress(
  id: number,
  party: Party,
  tryton: Tryton,
  guest: GuestKeys | undefined,
): Promise<number> {
  const there = await tryton.searchRead("party.address", [["party", "=", id]], AddressRow);
  const wanted = addressOf(party, guest);
  const parts = ["street", "city", "postal_code", ...(guest ? ["party_name"] : [])];
  const same = there.find((row: Values) =>
    parts.every((part) => (row[part] ?? "") === (wanted[part] ?? "")),
  );
  const isUnknown = Object.keys(wanted).length === 0;
  const fitting = same ?? (isUnknown ? there[0] : undefined);
  if (fitting !== undefined) return fitting.id;
  const country = await countryOf(party, tryton);
  return tryton.create("party.address", { party: id, ...wanted, ...country });
}

/** An invoice of a guest's company is addressed to the company, whoever the party is. */
function addressOf({ street, city, postcode, company }: Party, guest?: GuestKeys): Values {
  return {
    ...(guest !== undefined && company !== undefined && { party_name: company }),
    ...(street !== undefined && { street }),
    ...(city !== undefined && { city }),
    ...(postcode !== undefined && { postal_code: postcode }),
  };
}

/** Tryton knows countries only where somebody has imported them. */
export async function countryOf(
  { country }: Pick<Party, "country">,
  tryton: Tryton,
): Promise<Values> {
  if (country === undefined) return {};
  const domain = [["code", "=", country.toUpperCase()]];
  const [row] = await tryton.searchRead("country.country", domain, { id: asId });
  return row === undefined ? {} : { country: row.id };
}

function contactsOf({
  email,
  phone,
  name,
  contactName = name,
}: Pick<Party, "email" | "phone" | "name" | "contactName">): [type: string, value: string][] {
  const all: [string, string | undefined][] = [
    ["email", email],
    ["phone", phone],
    ["other", name === contactName ? undefined : contactName],
  ];
  return all.flatMap(([type, value]) => (value === undefined ? [] : [[type, value]]));
}

async function ensureContacts(id: number, party: Party, tryton: Tryton): Promise<void> {
  const wanted = contactsOf(party);
  if (wanted.length === 0) return;
  const shape = { type: z.string(), value: z.string().nullable() };
  const there = await tryton.searchRead("party.contact_mechanism", [["party", "=", id]], shape);
  for (const [type, value] of wanted) {
    const isThere = there.some((row) => row.type === type && isSame(row.value ?? "", value));
    if (isThere) continue;
    await createOrNote(id, "party.contact_mechanism", { party: id, type, value }, value, tryton);
  }
}

/** Tryton writes telephone numbers its own way where it understands them. */
function isSame(known: string, value: string): boolean {
  const plain = (text: string) => text.replaceAll(/[\s()./-]/g, "").toLowerCase();
  return plain(known) === plain(value);
}

/** Kinds of numbers that begin with their country's letters, beside those of the European Union. */
const NATIONAL: Readonly<Record<string, string>> = { NO: "no_mva", CH: "ch_vat", GB: "gb_vat" };

async function ensureTaxNumber(id: number, number: string, tryton: Tryton): Promise<void> {
  const code = plainNumber(number);
  const shape = { code: z.string() };
  const there = await tryton.searchRead("party.identifier", [["party", "=", id]], shape);
  if (there.some((row) => plainNumber(row.code) === code)) return;
  const type = NATIONAL[code.slice(0, 2)] ?? (/^[A-Z]{2}/.test(code) ? "eu_vat" : null);
  const values = { party: id, type, code };
  await createOrNote(id, "party.identifier", values, `Tax number ${code}`, tryton);
}

function plainNumber(number: string): string {
  return number.replaceAll(/[\s.-]/g, "").toUpperCase();
}

/** What Tryton does not accept, such as a number whose check digit is wrong, is left as a note. */
async function createOrNote(
  party: number,
  model: string,
  values: Values,
  text: string,
  tryton: Tryton,
): Promise<void> {
  try {
    await tryton.create(model, values);
  } catch (error) {
    if (kindOf(error) !== "permanent") throw error;
    const resource = `party.party,${party}`;
    const shape = { message: z.string().nullable() };
    const notes = await tryton.searchRead("ir.note", [["resource", "=", resource]], shape);
    if (notes.some(({ message }) => message === text)) return;
    await tryton.create("ir.note", { resource, message: text });
  }
}
