import { createHash } from "node:crypto";

import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";

import type { Booking } from "../booking.ts";
import { isRelayAddress } from "./relays.ts";

/** What decides what a booking says about its guest. */
export interface IdentityRules {
  /** Where phone numbers without a country code are from, unless the guest's country is known. */
  country?: string;
  /** Resellers' domains besides those that are known. */
  relayDomains?: readonly string[];
}

/** Something that two bookings of one person have in common. Plain text: hash it before it is kept. */
export interface PersonKey {
  kind: "email" | "phone" | "customer";
  /** `anna@example.com`, `+4790000000`, `fjord:C-17` */
  text: string;
}

/**
 * What a booking tells its guest apart by, strongest first. None where it says nothing that is one
 * person's alone: a name is not.
 */
export function personKeys(booking: Booking, rules: IdentityRules = {}): PersonKey[] {
  const { connection, customer } = booking;
  const id = customer?.id?.trim();
  const keys: (PersonKey | undefined)[] = [
    keyOf("email", guestEmail(booking, rules)),
    keyOf("phone", guestPhone(booking, rules)),
    keyOf("customer", id === undefined || id === "" ? undefined : `${connection}:${id}`),
  ];
  return keys.filter((key) => key !== undefined);
}

/**
 * The address at which the guest can be reached: not a reseller's relay, nor that of the agent who
 * made the booking.
 */
export function guestEmail(
  { customer, agent }: Booking,
  { relayDomains = [] }: IdentityRules = {},
): string | undefined {
  const email = plainAddress(customer?.email);
  if (email === undefined || email === plainAddress(agent?.email)) return undefined;
  return isRelayAddress(email, relayDomains) ? undefined : email;
}

/** The guest's number as E.164: `+4790000000`. */
export function guestPhone(
  { customer }: Booking,
  { country }: IdentityRules = {},
): string | undefined {
  const home = [customer?.country, country]
    .map((code) => code?.trim().toUpperCase() ?? "")
    .find((code) => isSupportedCountry(code));
  const number = parsePhoneNumberFromString(customer?.phone ?? "", home);
  if (!number?.isPossible() || isMadeUp(number.nationalNumber)) return undefined;
  return number.number;
}

/** Lanes, jobs and tables hold this in place of an address or a number. */
export function hashOfKey({ kind, text }: PersonKey | { kind: "booking"; text: string }): string {
  return createHash("sha256").update(`${kind}:${text}`).digest("hex").slice(0, 24);
}

/** What stands for a guest of whom nothing else is known. */
export function bookingKey({ connection, reference }: Booking) {
  return { kind: "booking", text: `${connection}/${reference}` } as const;
}

/** The hash of what tells the guest of a booking apart best. */
export function strongestKey(booking: Booking, rules: IdentityRules = {}): string {
  return hashOfKey(personKeys(booking, rules)[0] ?? bookingKey(booking));
}

/** The source shows nothing of the guest: never asked for, or erased there. */
export function isBlank({ customer }: Booking): boolean {
  const { name, firstName, lastName, email, phone } = customer ?? {};
  return [name, firstName, lastName, email, phone].every((text) => (text ?? "").trim() === "");
}

/** `00000000` or `12345678`: typed where a form demands a number and there is none. */
function isMadeUp(digits: string): boolean {
  return /^(\d)\1*$/.test(digits) || "1234567890".startsWith(digits);
}

function keyOf(kind: PersonKey["kind"], text: string | undefined): PersonKey | undefined {
  return text === undefined ? undefined : { kind, text };
}

function plainAddress(text: string | undefined): string | undefined {
  const address = text?.trim().toLowerCase() ?? "";
  return /^[^\s,;:<>"()@]+@[^\s,;:<>"()@]+\.[^\s,;:<>"()@.]{2,}$/.test(address)
    ? address
    : undefined;
}
