import type { ZodType } from "zod";

import type { AccountingTarget } from "./accounting/target.ts";
import type { Booking } from "./booking.ts";
import type { AnyEvent, BookingEventType, EventOf, EventType } from "./booking-event.ts";
import type {
  Clock,
  ConnectionDefaults,
  HandlerContext,
  HttpClient,
  HttpRequest,
  Log,
  Mail,
  Pdf,
  Templates,
} from "./context.ts";
import type { OAuth, OAuthTokens } from "./oauth.ts";
import type { PeopleKeeper } from "./people.ts";
import type { Schedule } from "./schedule.ts";
import type { Simulator } from "./simulator.ts";
import type { Source, SourceDescription } from "./source.ts";

export interface Manifest {
  /** The folder's name. */
  id: string;
  name: string;
  /** Where the other side describes its interface. */
  docs?: string;
}

export type HandlerResult = { done: string } | { skipped: string };

/** What the other side can take, counted over the whole installation. */
export interface HandlerLimit {
  /** Jobs at the same time. 1: one posting after the other, whatever the booking. */
  atOnce?: number;
  /** Jobs begun in any minute. */
  perMinute?: number;
}

/** What a scope can be made of, besides the event. */
export interface ScopeKeys {
  /** A hash of what tells the guest apart best. Not the person's id: a guest's keys may change. */
  person(booking: Booking): string;
}

/**
 * Does something outside when an event arrives.
 *
 * `message` handlers (mail, outgoing webhook) speak of the event and never hear of adopted
 * bookings; `mirror` handlers (accounting, CRM, calendar) converge on `context.current`. To bring a
 * mirror up to date with a booking it may be given any event of it, whatever `on` says.
 */
export interface Handler<Config, Type extends EventType = BookingEventType> {
  id: string;
  kind: "message" | "mirror";
  on: readonly Type[];
  handle(event: EventOf<Type>, context: HandlerContext<Config>): Promise<HandlerResult>;
  /** Whether the settings ask for it; without it there are no jobs. Defaults to yes. */
  isWanted?(config: Config): boolean;
  /** Whose turn it is: jobs with the same scope run one after the other. Defaults to the subject. */
  scope?(event: EventOf<Type>, keys: ScopeKeys): string;
  /** Of the waiting jobs of a lane only the newest runs. */
  only?: "latest";
  /** Waits this long after the last event of a lane, at most five times as long: `60s`. */
  settle?: `${number}s`;
  /** What to do when nobody can say whether a thing outside was done. Defaults to `ask`. */
  whenUnsure?: "resend" | "ask";
  /** Jobs at the same time in one process. Defaults to 4. */
  concurrency?: number;
  /** For the whole installation, however many processes there are. */
  limit?: HandlerLimit;
  /** Defaults to 60 s. */
  timeoutMs?: number;
}

/** By what an integration's settings choose bookings, beside `when`. */
export interface BookingRule {
  /** Where it is in the settings: `["calendars", 0]`. */
  path: readonly (string | number)[];
  connections?: readonly string[] | undefined;
  /** Form items and their values. */
  custom?: Readonly<Record<string, string>> | undefined;
}

/** A file made of a booking on demand, such as its voucher. */
export interface BookingDocument<Config> {
  id: string;
  contentType: string;
  render(
    booking: Booking,
    context: {
      config: Config;
      connection: ConnectionDefaults;
      clock: Clock;
      pdf: Pdf;
      templates: Templates;
    },
  ): Promise<Buffer>;
}

export interface CheckContext<Config> {
  config: Config;
  /** Of a booking system: what fetches have learned about the connection, by name. */
  learned: Readonly<Record<string, string>>;
  log: Log;
  clock: Clock;
  http: HttpClient;
  /**
   * Connects, over TLS where the address says so, and asks nothing: for other sides that take every
   * request for news.
   *
   * @throws as `http.send`.
   */
  reach: (address: Pick<HttpRequest, "url" | "onlyPublic">) => Promise<void>;
  mail: Mail;
  pdf: Pdf;
  templates: Templates;
  /** Of integrations that declare `oauth`. */
  tokens: OAuthTokens;
  /** As a handler is given it. */
  dataFolder: string;
  signal: AbortSignal;
}

/** Needed before there is a configuration too, so it is less than a check has. */
export type DescribeContext<Config> = Pick<
  CheckContext<Config>,
  "config" | "log" | "clock" | "http" | "signal"
>;

export interface Integration<Config> {
  manifest: Manifest;
  /** Strict object: an unknown key stops the start. */
  config: ZodType<Config>;
  source?: Source<Config>;
  handlers?: readonly Handler<Config, EventType>[];
  /** Work by the clock. The ids of handlers and schedules are names in one list. */
  schedules?: readonly Schedule<Config>[];
  documents?: readonly BookingDocument<Config>[];
  /** How a person gives access to an account: `bellhop connect <instance>`. */
  oauth?: OAuth<Config>;
  /** Of an accounting system: what `bellhop books` asks. */
  books?: AccountingTarget<Config>;
  /** Of whatever keeps people: how they are erased there. */
  people?: PeopleKeeper<Config>;
  /**
   * Rules in the settings. Connections that they name have to be there, and form items that they name
   * stay with the booking of a guest who is erased.
   */
  rules?(config: Config): readonly BookingRule[];
  /** Plays the other side, for the demo and the tests. */
  simulator?: Simulator;
  /**
   * Tries the settings against the other side.
   *
   * @returns one line for a person: what was found there.
   * @throws ConfigurationError when it refuses, RetryableError when it cannot be reached.
   */
  check?(context: CheckContext<Config>): Promise<string>;
  /** Reads how the account is set up, where the other side tells. @throws as `check`. */
  describe?(context: DescribeContext<Config>): Promise<SourceDescription>;
}

/** Gives a plug-in its types. Does no work: facts and parts only. */
export function defineIntegration<Config>(integration: Integration<Config>): Integration<Config> {
  return integration;
}

/** True for events that carry a booking. */
export function hasBooking(event: AnyEvent): event is EventOf<BookingEventType> {
  return event.booking !== undefined;
}
