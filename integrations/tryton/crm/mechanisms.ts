import type { Fields, Known } from "#sdk/crm";

import type { Values } from "../client.ts";
import type { Mechanism, PartyRecord } from "./party-record.ts";

export type Way = "email" | "phone";
export const WAYS = ["email", "phone"] as const;

const PHONE_NAME = "Phone";

/** As we write it: Tryton shows telephone numbers its own way where it understands them. */
export function plainValue({ type, value, value_compact: compact }: Mechanism): string {
  if (type === "email") return (value ?? "").toLowerCase();
  return (compact ?? value ?? "").replaceAll(/[\s()./-]/g, "");
}

export function mechanismsOf(party: PartyRecord, way: Way): Mechanism[] {
  return party["contact_mechanisms."].filter(({ type, name }) =>
    way === "email"
      ? type === "email"
      : ["phone", "mobile"].includes(type) || (type === "other" && name === PHONE_NAME),
  );
}

/**
 * Which of several is meant: the one that is right already, else the one that is ours, else the
 * first. Those that the office has added stay.
 */
export function meantBy(
  way: Way,
  party: PartyRecord,
  fields: Fields,
  known: Known,
): Mechanism | undefined {
  const all = mechanismsOf(party, way);
  return (
    all.find((one) => plainValue(one) === fields[way]) ??
    all.find((one) => !known.isEdited(way, plainValue(one))) ??
    all[0]
  );
}

/** A number that Tryton takes for none is written as another kind of contact. */
export type PhoneType = "phone" | "other";

/** What makes one of them so. */
export function mechanismChange(
  way: Way,
  value: string,
  there: Mechanism | undefined,
  phoneType: PhoneType,
): readonly unknown[] {
  if (value === "") return there === undefined ? [] : [["delete", [there.id]]];
  const values = mechanismValues(way, value, phoneType);
  return there === undefined ? [["create", [values]]] : [["write", [there.id], values]];
}

function mechanismValues(way: Way, value: string, phoneType: PhoneType): Values {
  if (way === "email") return { type: "email", value };
  return { type: phoneType, value, ...(phoneType === "other" && { name: PHONE_NAME }) };
}
