import { createHash } from "node:crypto";

import type { Booking } from "../sdk/booking.ts";
import { type NameWord, nameWords } from "../sdk/people/names.ts";
import {
  bookingKey,
  guestEmail,
  guestPhone,
  hashOfKey,
  type IdentityRules,
  type PersonKey,
  personKeys,
  strongestKey,
} from "../sdk/people/person-keys.ts";

/** To be raised with every change of how keys are made: all bookings are filed anew then. */
const VERSION = 2;

/** What the installation's settings say about telling guests apart. */
export interface IdentitySettings {
  relayDomains?: readonly string[];
  /** By connection. */
  countries?: Readonly<Record<string, string>>;
}

/** What one booking says of its guest, hashed. */
export interface Guest {
  booking: string;
  email?: string;
  /** The address together with each word of the name: for several people behind one address. */
  emailWords: readonly string[];
  phone?: string;
  customer?: string;
  words: readonly NameWord[];
}

/** Reads bookings for what tells their guests apart. */
export class Identity {
  readonly #settings: IdentitySettings;

  constructor(settings: IdentitySettings = {}) {
    this.#settings = settings;
  }

  /** A hash of what the keys of all bookings depend on besides the bookings. */
  get rules(): string {
    const { relayDomains = [], countries = {} } = this.#settings;
    const settings = JSON.stringify([VERSION, relayDomains.toSorted(), Object.entries(countries)]);
    return createHash("sha256").update(settings).digest("hex").slice(0, 16);
  }

  /** What bookings are filed under, and lanes are named by. */
  personKey(booking: Booking): string {
    return strongestKey(booking, this.#rulesOf(booking));
  }

  guestOf(booking: Booking): Guest {
    const keys = personKeys(booking, this.#rulesOf(booking));
    const words = nameWords(booking.customer);
    const email = keys.find(({ kind }) => kind === "email");
    return {
      booking: hashOfKey(bookingKey(booking)),
      emailWords: email ? words.map((word) => hashWith(email, word)) : [],
      words,
      ...Object.fromEntries(keys.map((key) => [key.kind, hashOfKey(key)])),
    };
  }

  /** How the guest can be reached. */
  reachOf(booking: Booking): { email?: string; phone?: string } {
    const rules = this.#rulesOf(booking);
    const [email, phone] = [guestEmail(booking, rules), guestPhone(booking, rules)];
    return { ...(email !== undefined && { email }), ...(phone !== undefined && { phone }) };
  }

  #rulesOf({ connection }: Booking): IdentityRules {
    const { relayDomains = [], countries = {} } = this.#settings;
    const country = countries[connection];
    return { relayDomains, ...(country !== undefined && { country }) };
  }
}

/** Given names and others alike. */
function hashWith({ kind, text }: PersonKey, word: NameWord): string {
  return hashOfKey({ kind, text: `${text}|${word.slice(1)}` });
}
