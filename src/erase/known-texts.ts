import { unescape } from "node:querystring";

import type { Booking } from "../sdk/booking.ts";

/** What stands where somebody was named. */
const INSTEAD = "(erased)";

/** Shorter ones occur in words that have nothing to do with anybody. */
const MIN_LENGTH = 5;

/** Takes texts by which guests are named out of sentences: reasons, summaries, links. */
export class KnownTexts {
  readonly #pattern: RegExp | undefined;

  /** @param texts Besides those of the bookings. */
  constructor(bookings: readonly Booking[], texts: readonly string[]) {
    const all = new Set([...texts, ...bookings.flatMap(namesIn)].map((text) => text.trim()));
    const long = [...all].filter(({ length }) => length >= MIN_LENGTH);
    const longestFirst = long.toSorted((one, other) => other.length - one.length).map(escaped);
    if (longestFirst.length > 0) this.#pattern = new RegExp(longestFirst.join("|"), "giu");
  }

  /** Whether any of them occurs, also as a form or a link writes it. */
  occurIn(text: string): boolean {
    const pattern = this.#pattern;
    if (!pattern) return false;
    const ways = [text, unescape(text), unescape(text.replaceAll("+", " "))];
    return ways.some((way) => way.search(pattern) !== -1);
  }

  without(text: string): string {
    return this.#pattern ? text.replace(this.#pattern, INSTEAD) : text;
  }

  /** The same in all texts of a value, JSON in texts included. */
  withoutIn(value: unknown): unknown {
    if (typeof value === "string") return this.without(value);
    if (Array.isArray(value)) return value.map((one) => this.withoutIn(one));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, this.withoutIn(one)]),
    );
  }
}

/** Whole names alone: a given name may be a month, or a place where a tour goes. */
function namesIn({ customer, travellers = [] }: Booking): string[] {
  return [customer, ...travellers].flatMap((one) => {
    const { name, firstName, lastName, email, phone } = one ?? {};
    const whole =
      firstName !== undefined && lastName !== undefined
        ? [`${firstName} ${lastName}`, `${lastName}, ${firstName}`, `${lastName} ${firstName}`]
        : [];
    const isWhole = name !== undefined && /\s/.test(name.trim());
    return [...whole, ...(isWhole ? [name] : []), email, phone].filter(
      (text) => text !== undefined,
    );
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
