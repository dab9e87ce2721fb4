import type { BookingStatus, BookingView, Customer } from "./booking.ts";
import type {
  Actor,
  EventPayment,
  EventTimer,
  EventType,
  NativeEvent,
  SubjectRecord,
} from "./booking-event.ts";
import type { Clock, HttpClient, Log } from "./context.ts";
import type { SourceLists } from "./lists.ts";

/** A stored request, as it came. Not proven to come from the source. */
export interface RawDelivery {
  id: string;
  method: string;
  /** The raw query string, without the leading question mark. */
  query: string;
  /** Lower-case names; of repeated headers the values joined with a comma. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** UTC milliseconds. */
  receivedAt: number;
}

declare const verified: unique symbol;

/** A delivery that the connection's token, and the source's signature where it has one, vouch for. */
export type Delivery = RawDelivery & { readonly [verified]: true };

export type OtherKind = "coupon" | "resource" | "customer" | "vacation";

/** What a delivery is about. */
export type NoticeSubject =
  { kind: "booking"; reference: string } | { kind: OtherKind; id: string } | { kind: "clock" };

/** What the source says has happened. */
export interface Announcement {
  /** Absent when the source only says that something about the subject changed. */
  type?: EventType;
  native: NativeEvent;
  actor?: Actor;
  isQuiet?: boolean;
  payment?: EventPayment;
  customer?: Customer;
  timer?: EventTimer;
  /** Why this is to make no event, by the source's own settings. */
  leftOut?: string;
  /** The status a booking must have for this to be true, where the view cannot tell. */
  impliedStatus?: BookingStatus;
}

export interface Notice {
  subject: NoticeSubject;
  announcement: Announcement;
  /** What the delivery itself shows of a booking. */
  view?: BookingView;
  /** State of a subject that is no booking. */
  record?: SubjectRecord;
  /**
   * How to fetch the booking: handed to `fetchBooking` as it is. Absent: the view is the state,
   * because there is no API, no key for it, or the booking is gone from it.
   */
  fetch?: Readonly<Record<string, string>>;
  /** What was missing or odd about the delivery, in words; shown with it. */
  remark?: string;
}

export interface FetchBudget {
  /** Calls in any hour. */
  perHour: number;
  /** Calls at the same time. */
  concurrency: number;
  /** Pause between the starts of two calls. */
  spacingMs?: number;
}

/** What a source sees of the connection it reads for. */
export interface ConnectionInfo {
  id: string;
  name: string;
}

export interface SourceContext<Config> {
  config: Config;
  connection: ConnectionInfo;
  /** What fetches have learned about this connection, by name. */
  learned: Readonly<Record<string, string>>;
  log: Log;
}

export interface FetchContext<Config> extends SourceContext<Config> {
  http: HttpClient;
  clock: Clock;
  signal: AbortSignal;
  /** Tells how many calls are left, where the source's answers say so. */
  reportRemaining(remaining: number): void;
  /** Remembers something about this connection for good: calls and fetches find it in `learned`. */
  learn(name: string, value: string): void;
}

export interface Source<Config> {
  /** Wall-clock zone, languages and the like are in the config; a call is read without any I/O. */
  read(delivery: Delivery, context: SourceContext<Config>): Notice[];

  /**
   * Checks the source's own signature, where it has one.
   *
   * @returns false when the delivery is forged or altered; true when it is genuine or this kind of
   *   delivery is never signed.
   */
  verify?(delivery: RawDelivery, context: SourceContext<Config>): boolean;

  /**
   * Looks a booking up in the source's API.
   *
   * @returns undefined when the source says that there is no such booking.
   */
  fetchBooking?(
    reference: string,
    how: Readonly<Record<string, string>>,
    context: FetchContext<Config>,
  ): Promise<BookingView | undefined>;

  /**
   * Which key a fetch is made with, such as that of a channel: each may be refused for itself. It
   * is one of the lists' `parts`, where there are any. Default: one for all.
   */
  keyOf?(how: Readonly<Record<string, string>>): string;

  /** What fetching may cost. Defaults to 500 an hour, two at a time. */
  budget?(config: Config): FetchBudget;

  /** The API's lists, where it has some: with them bookings are imported and compared. */
  lists?: SourceLists<Config>;
  /**
   * Whose clock makes `booking.timer` events and hours: the source's, Bellhop's own, or whichever
   * comes first. Absent: the source has no clock.
   */
  clock?(config: Config): "both" | "own" | "source";

  /**
   * Sets the callback URL in the source, by its API, for all events that can be set so.
   *
   * @param url Of this connection, in full; never empty.
   */
  registerCallbacks?(url: string, context: FetchContext<Config>): Promise<CallbackReport>;
}

/** What became of the callbacks. */
export interface CallbackReport {
  /** The source's names of the events that now call. */
  registered: readonly string[];
  /** What can only be set by a person, in the source's own pages. */
  byHand: readonly string[];
  failed: readonly { event: string; reason: string }[];
}

/** How an account is set up at the source, to be compared with the settings. */
export interface SourceDescription {
  /** Of the operator, as the source knows it. */
  name?: string;
  /** IANA name. */
  timeZone?: string;
  /** ISO 4217. */
  currency?: string;
  /** Lower-case BCP 47. */
  language?: string;
  /** Channels, sites, resources. */
  parts: readonly { kind: string; id: string; name: string }[];
}
