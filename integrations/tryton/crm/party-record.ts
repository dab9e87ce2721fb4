import { z } from "zod";

import type { CrmContext, Remote } from "#sdk/crm";

import type { Tryton } from "../client.ts";
import type { TrytonConfig } from "../config.ts";
import type { Desk } from "../desk.ts";
import { isOfAnother, successorOf } from "../find-party.ts";
import { postedBy } from "../reference.ts";
import { asBoolean, asId } from "../wire.ts";

const Mechanism = z.object({
  id: asId,
  type: z.string(),
  name: z.string().nullable(),
  value: z.string().nullable(),
  value_compact: z.string().nullable(),
});
export type Mechanism = z.infer<typeof Mechanism>;

const Address = z.object({
  id: asId,
  street: z.string().nullable(),
  city: z.string().nullable(),
  postal_code: z.string().nullable(),
});
export type Address = z.infer<typeof Address>;

/** All that is read of a party; what is inactive of it is not among it. */
export const PartyRow = {
  id: asId,
  code: z.string(),
  name: z.string().nullable(),
  active: asBoolean,
  replaced_by: asId.nullable(),
  lang: asId.nullable(),
  "identifiers.": z.array(z.object({ id: asId, code: z.string() })),
  "contact_mechanisms.": z.array(Mechanism),
  "addresses.": z.array(Address),
  "categories.": z.array(z.object({ id: asId, name: z.string() })),
};
export type PartyRecord = z.infer<z.ZodObject<typeof PartyRow>>;

export async function readParty(id: number, tryton: Tryton): Promise<PartyRecord | undefined> {
  const domain = [
    ["id", "=", id],
    ["active", "in", [true, false]],
  ];
  const [row] = await tryton.searchRead("party.party", domain, PartyRow);
  return row;
}

/**
 * The party that is known by an id, or the one that the office has put it together with.
 *
 * @returns undefined when it was deleted or set inactive, or is a part of somebody else's now.
 */
export async function partyInUse(
  id: number,
  key: string,
  tryton: Tryton,
): Promise<PartyRecord | undefined> {
  const there = await readParty(id, tryton);
  if (there === undefined) return undefined;
  const { id: lastId } = await successorOf(there, tryton);
  const last = lastId === there.id ? there : await readParty(lastId, tryton);
  return last?.active === true && !isOfAnother(last, key) ? last : undefined;
}

export function remoteOf(model: string, id: number, desk: Pick<Desk, "config">): Remote {
  const { link } = postedBy(`${model},${id}`, desk);
  return { externalId: String(id), ...(link !== undefined && { link }) };
}

/** By the name of the database in the link: ids of another one are other things here. */
export function isInDatabase(
  { link }: Remote,
  { config }: Pick<CrmContext<TrytonConfig>, "config">,
): boolean {
  return link === undefined || link.includes(`/#${config.database}/`);
}
