import type { Booking, BookingFields, BookingView } from "../sdk/booking.ts";
import type { EventOrigin, SubjectRecord } from "../sdk/booking-event.ts";
import type { Carried } from "./carried.ts";
import type { Announcement } from "../sdk/source.ts";

/** Everything that is known of a subject before a look. */
export interface KnownSubject {
  /** 0 while no state has been seen. */
  version: number;
  ordinal: number;
  /** Position of the newest delivery whose own content has become the state; 0 for none. */
  payloadPosition: number;
  booking?: Booking;
  record?: SubjectRecord;
  /** What looks at the booking have carried; absent when it was stored without. */
  carried?: Carried;
  /** Calls of the last minutes, to tell a repeat from news where the state cannot. */
  recent: readonly RecentCall[];
  /** Its guest has been erased: whatever is said of them from now on is not kept. */
  isErased?: true;
}

export interface RecentCall {
  hash: string;
  /** UTC milliseconds of arrival. */
  at: number;
}

export const UNKNOWN_SUBJECT: KnownSubject = {
  version: 0,
  ordinal: 0,
  payloadPosition: 0,
  recent: [],
};

/** One delivery's say about a subject. */
export interface Call {
  position: number;
  deliveryId: string;
  receivedAt: number;
  announcement: Announcement;
  /** Hash of what was called, the same for a repeat. */
  hash: string;
  /** How often it was looked at before without an end. */
  looks: number;
  remark?: string;
}

/** One look at a booking: the state that was seen, and every waiting call that it can answer. */
export interface BookingLook {
  connection: string;
  reference: string;
  /** Absent: the calls say nothing about the state. */
  view?: BookingView | undefined;
  /** The state was asked for, so it can be asked for again when it contradicts a call. */
  isFetched: boolean;
  calls: readonly Call[];
  origin: EventOrigin;
  /** Bookings made before are not news. UTC milliseconds. */
  since: number;
  /** Fills standard fields from custom form items, as the operator has set. */
  mapFields(fields: Partial<BookingFields>): Partial<BookingFields>;
}

/** A look at a coupon, a resource, a closure, a customer, the clock. */
export interface RecordLook {
  connection: string;
  subject: string;
  record?: SubjectRecord;
  call: Call;
  origin: EventOrigin;
}

export interface Verdict {
  position: number;
  state: "done" | "duplicate" | "again";
  reason?: string;
  eventIds: readonly string[];
}
