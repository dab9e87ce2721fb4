import type { Booking } from "./booking.ts";
import type { BookingEvent } from "./booking-event.ts";
import type { HandlerContext } from "./context.ts";
import type { HandlerResult } from "./integration.ts";

export {
  guestEmail,
  guestPhone,
  type IdentityRules,
  isBlank,
  type PersonKey,
  personKeys,
} from "./people/person-keys.ts";

/** A guest, with all that is known over all connections that the instance is meant for. */
export interface Person {
  /** Stays the same when the guest changes address or number. Says nothing about anybody. */
  id: string;
  /** As they are now, oldest first; none when they are somebody else's meanwhile. */
  bookings: readonly Booking[];
  /** The newest address that reaches the guest: one of their own before one that is another's. */
  email?: string;
  /** The newest number, E.164. */
  phone?: string;
  /** The address is another person's, who had it first. */
  isEmailShared: boolean;
  /** Bookings by which others give the same address, of each of them, oldest first. */
  sharers: readonly (readonly Booking[])[];
}

/** By what a guest is found at the other side, beside the name. */
export interface GuestKeys {
  /** `Person.id`: ours, and stays the same for good. Write it where the target can be searched. */
  person: string;
  /** Lower case; reaches the guest. */
  email?: string;
  /** Somebody else has this address too, and had it first: where addresses are unique it is theirs. */
  isEmailShared: boolean;
  /** E.164: `+4790000000` */
  phone?: string;
  /** `Party.code` of all that accounting may have posted for the guest, oldest first. */
  billingCodes?: readonly string[];
}

export interface People {
  /** Who has made the booking. */
  of(booking: Booking): Promise<Person>;
  /**
   * Everybody who may look different after an event of a person's lane: whose booking it is, those
   * whose bookings share its strongest key (of the waiting jobs only the newest runs), and those who
   * had any of these bookings before.
   */
  touchedBy(event: BookingEvent): Promise<Person[]>;
}

/** Somebody to be erased, or to be told what is kept. */
export interface PersonRef {
  /** `Person.id` */
  id: string;
  email?: string;
  /** As `Person.isEmailShared`: what is kept under the address is another person's. */
  isEmailShared: boolean;
}

/** What reaches a person at the other side. */
export type PeopleContext<Config> = Pick<
  HandlerContext<Config>,
  | "config"
  | "connection"
  | "log"
  | "http"
  | "clock"
  | "tokens"
  | "dataFolder"
  | "entriesOf"
  | "effect"
  | "lane"
  | "ledger"
  | "signal"
>;

/** Of an integration that keeps people at the other side. */
export interface PeopleKeeper<Config> {
  /** As of a handler: whether the settings let it keep anybody. Defaults to yes. */
  isWanted?(config: Config): boolean;
  /**
   * Erases all that the other side holds of a person.
   *
   * @throws RetryableError, PermanentError or ConfigurationError when it could not be reached.
   */
  erase(person: PersonRef, context: PeopleContext<Config>): Promise<HandlerResult>;
  /** All that the other side holds of a person; undefined: nothing. */
  export?(person: PersonRef, context: PeopleContext<Config>): Promise<object | undefined>;
}
