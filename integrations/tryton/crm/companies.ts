import {
  type Company,
  type CrmContext,
  type CrmObject,
  type Fields,
  fieldsToWrite,
  type Known,
  type Put,
  type Refused,
  type Remote,
} from "#sdk/crm";

import { atDesk } from "../at-desk.ts";
import type { TrytonConfig } from "../config.ts";
import type { Desk } from "../desk.ts";
import { agentKey, isOfAnother, keysOf, partiesWith } from "../find-party.ts";
import { isTaken } from "../party.ts";
import { mechanismChange, meantBy, plainValue } from "./mechanisms.ts";
import { isInDatabase, partyInUse, type PartyRecord, remoteOf } from "./party-record.ts";
import { takeBack } from "./take-back.ts";

type Context = CrmContext<TrytonConfig>;

/** Agents, as parties with the code that the books have them under. Never found by name. */
export const companies: CrmObject<Company, TrytonConfig> = {
  fields: ({ key, name, email = "" }) => ({ key: agentKey(key), name, email }),
  find: (company, context) =>
    atDesk(context, async (desk) => {
      const key = agentKey(company.key);
      const found = await partiesWith([codeOf(company)], [key], desk.tryton);
      const theirs = found.find((party) => party.active && !isOfAnother(party, key));
      return theirs && remoteOf("party.party", theirs.id, desk);
    }),
  put: (put, context) =>
    atDesk(context, (desk) =>
      put.known ? change(put, put.known, desk, context) : make(put, desk, context),
    ),
  isReachable: isInDatabase,
};

function codeOf({ key, billingCode = agentKey(key) }: Company): string {
  return billingCode;
}

async function make(
  put: Put<Company>,
  desk: Desk,
  context: Context,
): Promise<Remote | Refused | "gone"> {
  const { key, name, email = "" } = put.fields;
  const code = codeOf(put.thing);
  try {
    const id = await desk.tryton.create("party.party", {
      ...{ name, code, identifiers: [["create", [{ code: key }]]] },
      ...(email !== "" && {
        contact_mechanisms: mechanismChange("email", email, undefined, "phone"),
      }),
    });
    return remoteOf("party.party", id, desk);
  } catch (error) {
    if (!isTaken(error)) throw error;
  }
  const known = await takeBack(code, put.fields, desk);
  return typeof known === "string" || "refused" in known
    ? known
    : change(put, known, desk, context);
}

async function change(
  { fields }: Put<Company>,
  known: Known,
  desk: Desk,
  { config }: Context,
): Promise<Remote | "gone"> {
  const there = await partyInUse(Number(known.externalId), fields["key"] ?? "", desk.tryton);
  if (there === undefined) return "gone";
  const values = valuesOf(there, fields, known, config);
  if (Object.keys(values).length > 0) {
    await desk.tryton.write("party.party", [there.id], values);
  }
  return remoteOf("party.party", there.id, desk);
}

function valuesOf(there: PartyRecord, fields: Fields, known: Known, config: TrytonConfig) {
  const mechanism = meantBy("email", there, fields, known);
  const { key = "" } = fields;
  const texts = { key, name: there.name ?? "", email: mechanism ? plainValue(mechanism) : "" };
  const { name, email } = fieldsToWrite({ fields, known }, texts, config);
  return {
    ...(name !== undefined && { name }),
    ...(email !== undefined && {
      contact_mechanisms: mechanismChange("email", email, mechanism, "phone"),
    }),
    ...(!keysOf(there).includes(key) && { identifiers: [["create", [{ code: key }]]] }),
  };
}
