import type { Booking, BookingView, Payment } from "./booking.ts";
import type { EventType, SubjectRecord } from "./booking-event.ts";
import type { FetchContext, Notice, OtherKind } from "./source.ts";

/** Days of the source's own calendar, `YYYY-MM-DD`, both included. */
export interface DayWindow {
  from: string;
  to: string;
}

/** UTC milliseconds. A list by whole days takes every day that the window touches. */
export interface TimeWindow {
  since: number;
  until: number;
}

/** A booking as one row of a list shows it. */
export interface ListedBooking {
  reference: string;
  /** How to look at the whole booking: handed to `fetchBooking` as it is. */
  fetch: Readonly<Record<string, string>>;
  /** What the row carries. Absent: it says only that there is such a booking. */
  view?: BookingView;
  /** Payments that the booking must show; others may be there besides. */
  payments?: readonly Payment[];
  /**
   * When something happened to the booking, UTC milliseconds: who has looked at it since has seen
   * it. Where a list tells of several things, the newest.
   */
  changedAt?: number;
}

export interface ListPage {
  bookings: readonly ListedBooking[];
  /**
   * States of subjects that are no bookings, such as closures. Of the record only what the list
   * carries is compared.
   */
  records?: readonly Notice[];
  /** Rows of all pages together, where the source says so. */
  total?: number;
  isLast: boolean;
}

/** One call to a list. */
export interface ListQuestion<Window> {
  window: Window;
  /** One of `parts`; empty when there are none. */
  part: string;
  /** From 0, in order. */
  page: number;
}

/** A subject that is no booking, as it is known. */
export interface KnownRecord {
  kind: OtherKind;
  id: string;
  record: SubjectRecord;
}

/** How a list of `records` shows that one of them is gone: it leaves it out. */
export interface RecordList<Config, Window> {
  kind: OtherKind;
  /** Whether it is known to be gone: what is listed again then is new. */
  isGone(record: SubjectRecord): boolean;
  /**
   * Tells that a known one is gone.
   *
   * @returns undefined where a list of this window need not show it.
   */
  asGone(known: KnownRecord, window: Window, config: Config): Notice | undefined;
}

export interface BookingList<Config, Window> {
  /** Such as `made`, `cancelled`, `payments`. */
  id: string;
  /** Only of a list whose `records` are all there are. */
  others?: RecordList<Config, Window>;
  /** Makes one call. @throws as `Source.fetchBooking`. */
  read(question: ListQuestion<Window>, context: FetchContext<Config>): Promise<ListPage>;
}

/**
 * The lists of a source's API. They find what no notification told, so each of them includes what
 * is cancelled. Rows may move between pages while they are read: who reads copes with it.
 */
export interface SourceLists<Config> {
  /** False while the settings lack what the API asks for, such as a key. */
  isReady(config: Config): boolean;
  /** What is asked for one after the other, each with pages of its own, such as channels. */
  parts?(config: Config): readonly string[];
  /** All bookings whose stay begins in the window. */
  starting: BookingList<Config, DayWindow>;
  /** What has happened in the window; asked every quarter of an hour or so. */
  changed: readonly BookingList<Config, TimeWindow>[];
  /** The same, but asked once a day. */
  daily?: readonly BookingList<Config, TimeWindow>[];
  /** How a known booking is looked at. @returns undefined when that cannot be told. */
  fetchOf(booking: Booking): Readonly<Record<string, string>> | undefined;
  /** What the source calls for when it happens; everything else it never announces. */
  announced: readonly EventType[];
  /** The day of the source's calendar, `YYYY-MM-DD`. @param epochMs UTC milliseconds. */
  dayOf(epochMs: number, config: Config): string;
}
