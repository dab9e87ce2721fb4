import { createHash } from "node:crypto";

import { areOtherNames, type NameWord } from "../sdk/people/names.ts";
import type { Guest } from "./identity.ts";

/** Something by which a person is known. */
export interface Alias {
  /** Hash of an address, a number, a customer id, or of a booking. */
  alias: string;
  person: string;
  /** The key that bookings with this alias are filed under: mostly the alias itself. */
  personKey: string;
  /** Of the name that came with it. */
  words: readonly NameWord[];
  /** Of a booking: who had it before. */
  formerly: readonly string[];
}

/** What has to be written so that a guest is known. */
export interface AliasChange {
  person: string;
  added: readonly Alias[];
  /** A booking that has another guest, or the guest another name. */
  moved?: { before: Alias; after: Alias };
}

export function isNothing({ added, moved }: AliasChange): boolean {
  return added.length === 0 && !moved;
}

/** As many former guests of one booking are remembered; more would be nobody's mistake any more. */
const MAX_FORMER = 6;

/** Aliases that have been read, and what they say about who is who. */
export class AliasBook {
  readonly #aliases: ReadonlyMap<string, Alias>;
  readonly #names = new Map<string, NameWord[]>();

  /** @param aliases Those of the guests in question, and all of the persons that these name. */
  constructor(aliases: readonly Alias[]) {
    this.#aliases = new Map(aliases.map((alias) => [alias.alias, alias]));
    for (const { person, words } of this.#aliases.values()) {
      this.#names.set(person, [...(this.#names.get(person) ?? []), ...words]);
    }
  }

  get(alias: string): Alias | undefined {
    return this.#aliases.get(alias);
  }

  /**
   * The person of a guest; undefined: a new one. An address is a person's own unless the names have
   * nothing in common. By a number or a customer id alone nobody is who has another given name: it
   * may be the family's, or the agent's.
   */
  personOf({ customer, email, emailWords, phone, booking, words }: Guest): string | undefined {
    const byGivenName = (key: string | undefined) => this.#owner(key, words, "given name");
    const byAnyWord = (key: string | undefined) => this.#owner(key, words, "any word");
    return (
      byGivenName(customer) ??
      [email, ...emailWords].map(byAnyWord).find((person) => person !== undefined) ??
      byGivenName(phone) ??
      byGivenName(booking)
    );
  }

  /** Whether the guest's address was another person's first. */
  isEmailShared({ email }: Guest, person: string): boolean {
    const owner = email === undefined ? undefined : this.get(email)?.person;
    return owner !== undefined && owner !== person;
  }

  /** Whether the guest is known by all keys. */
  knows(guest: Guest): boolean {
    return isNothing(this.changeFor(guest));
  }

  /** What has to be written; nothing is when the guest is known by all keys already. */
  changeFor(guest: Guest): AliasChange {
    const person = this.personOf(guest) ?? this.#newPerson(guest);
    const moved = this.#moveOf(guest, person);
    return { person, added: this.#missing(guest, person), ...(moved && { moved }) };
  }

  #owner(
    key: string | undefined,
    words: readonly NameWord[],
    by: Parameters<typeof areOtherNames>[2],
  ): string | undefined {
    const person = key === undefined ? undefined : this.get(key)?.person;
    if (person === undefined) return undefined;
    return areOtherNames(words, this.#names.get(person) ?? [], by) ? undefined : person;
  }

  /** Named by the first of its keys that is nobody's, so that two who look at once find the same. */
  #newPerson({ email, emailWords, phone, customer, booking, words }: Guest): string {
    const keys = [email, ...emailWords, phone, customer, booking];
    const free = keys.find((key) => key !== undefined && !this.get(key));
    return free ?? `${booking.slice(0, 12)}${words.join("").slice(-12)}`;
  }

  #missing(guest: Guest, person: string): Alias[] {
    const { customer, email, emailWords, phone, booking, words } = guest;
    // Under an address that is somebody else's, the name says who is meant. Who has none, or that of
    // yet another there, is found there all the same: by a word that no name has.
    const isShared = email !== undefined && this.isEmailShared(guest, person);
    const shared = isShared ? [...emailWords, sharerAlias(email, person)] : [];
    const places = [
      ...[customer, email, phone, booking].map((alias) => ({ alias, personKey: alias })),
      ...shared.map((alias) => ({ alias, personKey: email })),
    ];
    return places.flatMap(({ alias, personKey }) =>
      alias === undefined || personKey === undefined || this.get(alias)
        ? []
        : [{ alias, personKey, person, words, formerly: [] }],
    );
  }

  #moveOf({ booking, words }: Guest, person: string): AliasChange["moved"] {
    const before = this.get(booking);
    if (!before) return undefined;
    // A name that is blank now was erased; it does not make the guest another one.
    const kept = words.length === 0 ? before.words : words;
    const isNamedSo = kept.join() === before.words.join();
    if (before.person === person && isNamedSo) return undefined;
    const had = before.person === person ? before.formerly : [...before.formerly, before.person];
    const formerly = had.filter((one) => one !== person).slice(-MAX_FORMER);
    return { before, after: { ...before, person, words: kept, formerly } };
  }
}

/** Says no more than that bookings under the address are to be looked through for the person's. */
function sharerAlias(email: string, person: string): string {
  return createHash("sha256").update(`sharer:${email}|${person}`).digest("hex").slice(0, 24);
}
