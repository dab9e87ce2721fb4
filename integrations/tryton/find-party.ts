import { z } from "zod";

import type { GuestKeys } from "#sdk";

import type { Tryton } from "./client.ts";
import { asBoolean, asId, escaped } from "./wire.ts";

/*
 * A party has one code, and a guest may be known by several: the others are identifiers. The first
 * letters tell what they are, so that none is taken for a number that the office has put in.
 */

export function guestKey(person: string): string {
  return `guest:${person}`;
}

export function agentKey(key: string): string {
  return `agent:${key}`;
}

/** Under which the books have a party whose code is another. */
export function booksKey(code: string): string {
  return `books:${code}`;
}

const FoundRow = {
  id: asId,
  code: z.string(),
  name: z.string().nullable(),
  active: asBoolean,
  replaced_by: asId.nullable(),
  "identifiers.": z.array(z.object({ id: asId, code: z.string() })),
};

export type FoundParty = z.infer<z.ZodObject<typeof FoundRow>>;

const OLDEST_FIRST = { order: [["id", "ASC"]] };
const MOST_CODES = 200;
const MOST_STEPS = 10;

/** In whatever state; of those that others have taken the place of, these others. */
export async function partiesWith(
  codes: readonly string[],
  identifiers: readonly string[],
  tryton: Tryton,
): Promise<FoundParty[]> {
  const domain = ["OR", ["code", "in", codes], ["identifiers.code", "in", identifiers]];
  // A clause about `active` would not do: Tryton adds its own to each part of a domain without one.
  const all = tryton.within({ active_test: false });
  const rows = await all.searchRead("party.party", domain, FoundRow, OLDEST_FIRST);
  const last: FoundParty[] = [];
  for (const row of rows) last.push(await successorOf(row, tryton));
  return last;
}

/** Which party is left of those that the office has put together. */
export async function successorOf<Row extends { replaced_by: number | null }>(
  party: Row,
  tryton: Tryton,
): Promise<Row | FoundParty> {
  let last: Row | FoundParty = party;
  for (let step = 0; last.replaced_by !== null && step < MOST_STEPS; step += 1) {
    const [next]: FoundParty[] = await tryton.read("party.party", [last.replaced_by], FoundRow);
    if (next === undefined) break;
    last = next;
  }
  return last;
}

/** What tells whose a party is. */
export interface Named {
  code: string;
  "identifiers.": readonly { code: string }[];
}

/** Whose party it is: the code, and what else it is known by. */
export function keysOf({ code, ...party }: Named): string[] {
  return [code, ...party["identifiers."].map((one) => one.code)];
}

/** It is another guest's, or an agent's: after two were put together it may carry both. */
export function isOfAnother(party: Named, key: string): boolean {
  const keys = keysOf(party);
  return !keys.includes(key) && keys.some((one) => /^(guest|agent):/.test(one));
}

/**
 * By our key, by what the books have the guest under, then by the address unless it is shared. Never
 * by the name.
 */
export async function findGuest(guest: GuestKeys, tryton: Tryton): Promise<FoundParty | undefined> {
  const { person, billingCodes = [], email, isEmailShared } = guest;
  const key = guestKey(person);
  const codes = billingCodes.slice(-MOST_CODES);
  const known = await partiesWith([key, ...codes], [key, ...codes.map(booksKey)], tryton);
  const theirs = known.filter((party) => party.active && !isOfAnother(party, key));
  const found = theirs.find((party) => keysOf(party).includes(key)) ?? theirs[0];
  if (found !== undefined || email === undefined || isEmailShared) return found;
  const mechanism = [
    ["type", "=", "email"],
    ["value", "ilike", escaped(email)],
  ];
  const domain = [["contact_mechanisms", "where", mechanism]];
  const rows = await tryton.searchRead("party.party", domain, FoundRow, OLDEST_FIRST);
  return rows.find((party) => isFree(party, guest));
}

/**
 * What the office has made, or what is the guest's own: an agent may have the same address, and the
 * books have had parties with bare codes since before contacts were kept.
 */
function isFree({ code, ...party }: Named, { person, billingCodes = [] }: GuestKeys): boolean {
  const own = new Set([guestKey(person), ...billingCodes, ...billingCodes.map(booksKey)]);
  const others = party["identifiers."].map((one) => one.code).filter((one) => OUR_KEY.test(one));
  if (OUR_KEY.test(code) || OUR_CODE.test(code)) others.push(code);
  return others.every((one) => own.has(one));
}

const OUR_KEY = /^(guest|agent|books):/;
/**
 * A connection and what it calls a guest, an agent or a booking. Tryton gives numbers of its own, and
 * of an office whose codes look like these a guest rather gets a second party than somebody else's.
 */
const OUR_CODE = /^[a-z0-9][a-z0-9_-]*-./;
