import type { Booking, CustomFields, Customer } from "./booking.ts";
import type { Money } from "./money.ts";
import type { TimeWindow } from "./lists.ts";

/** Events about one booking: they carry the booking as it is after them. */
export const BOOKING_EVENT_TYPES = [
  "booking.quoted",
  "booking.requested",
  "booking.confirmed",
  "booking.unconfirmed",
  "booking.modified",
  "booking.cancelled",
  "booking.expired",
  "booking.waitlisted",
  "booking.checked_in",
  "booking.checked_out",
  "booking.no_show",
  "booking.removed",
  "booking.timer",
  "payment.received",
  "payment.failed",
  "payment.removed",
  "payment.refunded",
  "button.pressed",
] as const;

/** Events about something else; a booking may or may not come with them. */
export const OTHER_EVENT_TYPES = [
  "customer.updated",
  "coupon.purchased",
  "coupon.payment_removed",
  "availability.changed",
  "resource.changed",
  "resource.removed",
  "clock.hourly",
  "schedule.due",
  "source.unknown",
] as const;

export const EVENT_TYPES = [...BOOKING_EVENT_TYPES, ...OTHER_EVENT_TYPES] as const;

export type BookingEventType = (typeof BOOKING_EVENT_TYPES)[number];
export type OtherEventType = (typeof OTHER_EVENT_TYPES)[number];
export type EventType = BookingEventType | OtherEventType;

/** How Bellhop came to know: a call said so, the state showed it, a list, an import, a clock, a test. */
export type EventOrigin =
  "notified" | "derived" | "reconciled" | "adopted" | "scheduled" | "simulated";

export type Actor = "staff" | "customer" | "agent" | "system" | "unknown";

/** One field that differs between the state before and the state after. */
export interface Change {
  /** `totals.total`, `items[880001].start`, `customer.email` */
  path: string;
  /** The value in the booking's own shape; null when there was none. */
  before: unknown;
  after: unknown;
}

export interface EventPayment {
  /**
   * Negative when money went back to the guest; of `payment.removed` the amount that was taken off.
   * Absent when the source does not say how much.
   */
  amount?: Money;
  /** RFC 3339 when the source gives an instant, else its local text. */
  paidAt?: string;
  method?: string;
  reference?: string;
}

/** Which clock made a `booking.timer`, and around what it counts. */
export interface EventTimer {
  /** The source's or the operator's name of the timer. */
  name: string;
  /** `start`, `end`, `created`, `confirmed`, or what the source calls it. */
  relativeTo: string;
  /** Negative: before. With calendar days the minutes that they usually have. */
  offsetMinutes: number;
  /** Counts from 1 how often the timer goes off for the booking, where the clock is Bellhop's own. */
  generation?: number;
}

/** Which schedule made a `schedule.due`, and for which time. */
export interface EventSchedule {
  /** `<instance>/<schedule>` */
  id: string;
  window: TimeWindow;
}

/** The connection of what belongs to none. */
export const NO_CONNECTION = "-";

/** What the source called the event and what it said along with it. */
export interface NativeEvent {
  event: string;
  fields: Readonly<Record<string, unknown>>;
}

/** State of a coupon, a resource or a closure: flat, as the source writes it. */
export type SubjectRecord = Readonly<Record<string, unknown>>;

export interface EventOf<Type extends EventType> {
  /** A name, not an order. */
  id: string;
  type: Type;
  /** The booking's reference, or `coupon:…`, `resource:…`, `customer:…`, `vacation:…`, `clock`. */
  subject: string;
  connection: string;
  /** RFC 3339: when the notification arrived, or when the state was seen. */
  time: string;
  /** Version of the subject's state after the event. */
  version: number;
  /** Counts the events of the subject; the order in which handlers get them. */
  ordinal: number;
  booking: Type extends BookingEventType ? Booking : Booking | undefined;
  /** State of a subject that is no booking. */
  record?: SubjectRecord;
  changes: Change[];
  /** The changes in one readable sentence. */
  summary: string;
  /** Of a cancellation: who cancelled, where the source tells. */
  by?: "staff" | "customer" | "system";
  payment?: EventPayment;
  customer?: Customer;
  timer?: EventTimer;
  schedule?: EventSchedule;
  /** Custom form items and customer properties, by the source's names. */
  custom: CustomFields;
  native: NativeEvent;
  origin: EventOrigin;
  actor: Actor;
  /** The source asked for silence: nothing is written to guests; books and CRM go on. */
  isQuiet: boolean;
  deliveryId?: string;
}

export type BookingEvent = EventOf<BookingEventType>;
export type AnyEvent = EventOf<BookingEventType> | EventOf<OtherEventType>;
