import { z } from "zod";

import { kindOf, messageOf } from "#sdk";
import type { Party } from "#sdk/accounting";

import type { Tryton, Values } from "./client.ts";
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
};

const PartyRow = { id: asId, name: z.string().nullable() };

/**
 * The party with a code, as it is known now: made when it is new, renamed when its name has changed,
 * and given what is missing of address, e-mail, telephone and tax number. Found by its code alone:
 * two guests of one name are two parties.
 */
export async function ensureParty(party: Party, tryton: Tryton): Promise<PartyRecord> {
  const found = await findParty(party.code, tryton);
  if (found === undefined) return createParty(party, tryton);
  if (found.name !== party.name && !party.isKnown) {
    await tryton.write("party.party", [found.id], { name: party.name });
  }
  const address = await ensureAddress(found.id, party, tryton);
  await ensureContacts(found.id, party, tryton);
  return { id: found.id, address };
}

async function findParty(code: string, tryton: Tryton) {
  const [row] = await tryton.searchRead("party.party", [["code", "=", code]], PartyRow);
  return row;
}

/** With all that is known of it in one call: most guests come once. */
async function createParty(party: Party, tryton: Tryton): Promise<PartyRecord> {
  const country = await countryOf(party, tryton);
  const values = {
    name: party.name,
    code: party.code,
    addresses: [["create", [{ ...addressOf(party), ...country }]]],
  };
  const contacts = contactsOf(party).map(([type, value]) => ({ type, value }));
  try {
    const whole = { ...values, contact_mechanisms: [["create", contacts]] };
    const id = await tryton.create("party.party", whole);
    if (party.taxNumber !== undefined) await ensureTaxNumber(id, party.taxNumber, tryton);
    const [row] = await tryton.read("party.party", [id], { addresses: z.array(asId) });
    const [address] = row?.addresses ?? [];
    if (address !== undefined) return { id, address };
  } catch (error) {
    // Somebody was faster, since Tryton keeps codes unique; or it does not accept a number or an
    // address, which is then left as a note.
    if (kindOf(error) !== "permanent") throw error;
    if (!isTaken(error)) await createBare(values, tryton);
  }
  return ensureParty(party, tryton);
}

async function createBare(values: Values, tryton: Tryton): Promise<void> {
  try {
    await tryton.create("party.party", values);
  } catch (error) {
    if (kindOf(error) !== "permanent" || !isTaken(error)) throw error;
  }
}

function isTaken(error: unknown): boolean {
  return messageOf(error).includes("must be unique");
}

/** An address is never changed: invoices of before were sent to it. */
async function ensureAddress(id: number, party: Party, tryton: Tryton): Promise<number> {
  const there = await tryton.searchRead("party.address", [["party", "=", id]], AddressRow);
  const wanted = addressOf(party);
  const same = there.find((row) =>
    (["street", "city", "postal_code"] as const).every(
      (field) => (row[field] ?? "") === (wanted[field] ?? ""),
    ),
  );
  const isUnknown = Object.keys(wanted).length === 0;
  const fitting = same ?? (isUnknown ? there[0] : undefined);
  if (fitting !== undefined) return fitting.id;
  const country = await countryOf(party, tryton);
  return tryton.create("party.address", { party: id, ...wanted, ...country });
}

function addressOf({ street, city, postcode }: Party) {
  return {
    ...(street !== undefined && { street }),
    ...(city !== undefined && { city }),
    ...(postcode !== undefined && { postal_code: postcode }),
  };
}

/** Tryton knows countries only where somebody has imported them. */
async function countryOf({ country }: Party, tryton: Tryton): Promise<Values> {
  if (country === undefined) return {};
  const domain = [["code", "=", country.toUpperCase()]];
  const [row] = await tryton.searchRead("country.country", domain, { id: asId });
  return row === undefined ? {} : { country: row.id };
}

function contactsOf({ email, phone, name, contactName }: Party): [type: string, value: string][] {
  const all: [string, string | undefined][] = [
    ["email", email],
    ["phone", phone],
    ["other", name === contactName ? undefined : contactName],
  ];
  return all.flatMap(([type, value]) => (value === undefined ? [] : [[type, value]]));
}

async function ensureContacts(id: number, party: Party, tryton: Tryton): Promise<void> {
  const wanted = contactsOf(party);
  if (wanted.length > 0) {
    const shape = { type: z.string(), value: z.string().nullable() };
    const there = await tryton.searchRead("party.contact_mechanism", [["party", "=", id]], shape);
    for (const [type, value] of wanted) {
      const isThere = there.some((row) => row.type === type && isSame(row.value ?? "", value));
      if (isThere) continue;
      await createOrNote(id, "party.contact_mechanism", { party: id, type, value }, value, tryton);
    }
  }
  if (party.taxNumber !== undefined) await ensureTaxNumber(id, party.taxNumber, tryton);
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
