import { unescape } from "node:querystring";

import type { Booking } from "../sdk/booking.ts";
import type { Guest } from "./guests.ts";

/** What stands where somebody was named. */
const INSTEAD = "(erased)";

/** Shorter ones, and numbers such as 00000, occur where nobody is meant. */
const MIN_LENGTH = 6;
const MIN_DIGITS = 4;

/** What comes before and after is no part of another address, name or number. */
const BEFORE = String.raw`(?<![\p{L}\p{N}._%+\-@])`;
const AFTER = String.raw`(?![\p{L}\p{N}_@\-]|\.[\p{L}\p{N}])`;

/** Takes texts by which guests are named out of sentences: reasons, summaries, links. */
export class KnownTexts {
  readonly emails: ReadonlySet<string>;
  /** By connection and id: `bikes customer:50001`. */
  readonly customers: ReadonlySet<string>;
  readonly #patterns: readonly RegExp[];

  /** @param email What was asked for. */
  static of(guests: readonly Guest[], email: string): KnownTexts {
    const bookings = guests.flatMap((guest) => guest.bookings);
    return new KnownTexts(bookings, [email, ...guests.flatMap((guest) => guest.email ?? [])]);
  }

  /** @param emails Besides those of the bookings; in lower case. */
  constructor(bookings: readonly Booking[], emails: readonly string[]) {
    const own = bookings.flatMap(({ customer }) => customer?.email ?? []);
    this.emails = new Set([...emails, ...own].map((email) => email.trim().toLowerCase()));
    this.customers = new Set(bookings.flatMap(customerOf));
    const names = bookings.flatMap(namesIn).filter(isTelling);
    // Addresses however they are written; names as they are, since "Walk In" is not "walk in".
    this.#patterns = [patternOf([...this.emails], "giu"), patternOf(names, "gu")].filter(
      (pattern) => pattern !== undefined,
    );
  }

  /** Whether any of them occurs, also as a form or a link writes it. */
  occurIn(text: string): boolean {
    const ways = new Set([text, unescape(text), unescape(text.replaceAll("+", " "))]);
    return [...ways].some((way) => this.without(way) !== way);
  }

  without(text: string): string {
    return this.#patterns.reduce((rest, pattern) => rest.replace(pattern, INSTEAD), text);
  }
}

function customerOf({ connection, customer }: Booking): string[] {
  return customer?.id === undefined ? [] : [`${connection} customer:${customer.id}`];
}

/** Whole names alone: a given name may be a month, or a place where a tour goes. */
function namesIn({ customer, travellers = [] }: Booking): string[] {
  return [customer, ...travellers].flatMap((one) => {
    const { name, firstName, lastName, phone } = one ?? {};
    const whole =
      firstName !== undefined && lastName !== undefined
        ? [`${firstName} ${lastName}`, `${lastName}, ${firstName}`, `${lastName} ${firstName}`]
        : [];
    const isWhole = name !== undefined && /\s/.test(name.trim());
    const all = [...whole, ...(isWhole ? [name] : []), phone];
    return all.filter((text) => text !== undefined).map((text) => text.trim());
  });
}

function isTelling(text: string): boolean {
  const isNumber = !/\p{L}/u.test(text);
  const digits = new Set(text.replaceAll(/\D/g, ""));
  return text.length >= MIN_LENGTH && (!isNumber || digits.size >= MIN_DIGITS);
}

/** As it is, and as links and forms write it. */
function formsOf(text: string): string[] {
  const inLink = encodeURIComponent(text);
  const blanks = [inLink.replaceAll("%20", "+"), text.replaceAll(" ", "+")];
  return [...new Set([text, inLink, ...blanks])];
}

function patternOf(texts: readonly string[], flags: string): RegExp | undefined {
  const forms = new Set(texts.flatMap(formsOf));
  if (forms.size === 0) return undefined;
  const longestFirst = [...forms].toSorted((one, other) => other.length - one.length);
  return new RegExp(`${BEFORE}(?:${longestFirst.map(escaped).join("|")})${AFTER}`, flags);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
