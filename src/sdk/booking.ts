import type { Money } from "./money.ts";
import type { LocalMoment } from "./time.ts";

export const BOOKING_STATUSES = [
  "draft",
  "quoted",
  "requested",
  "confirmed",
  "waitlisted",
  "checked_in",
  "checked_out",
  "no_show",
  "cancelled",
  "expired",
  "removed",
] as const;

export type BookingStatus = (typeof BOOKING_STATUSES)[number];

/** Custom form items and properties under the names the source gives them. Text, never parsed. */
export type CustomFields = Readonly<Record<string, string>>;

export interface PostalAddress {
  street?: string;
  city?: string;
  postcode?: string;
  state?: string;
}

export interface Customer {
  /** The source's own id of the person. */
  id?: string;
  /** As the source writes the whole name; the parts may be missing. */
  name?: string;
  firstName?: string;
  lastName?: string;
  email?: string;
  phone?: string;
  /** ISO 3166 two letters where the source has them. */
  country?: string;
  address?: PostalAddress;
  note?: string;
  custom?: CustomFields;
}

export interface Traveller {
  id: string;
  name?: string;
  firstName?: string;
  lastName?: string;
  ageGroup?: "infant" | "child" | "adult" | "senior";
  email?: string;
  phone?: string;
}

export interface ItemTax {
  /** Decimal number in percent, as text: `12.00`. */
  ratePercent?: string;
  amount?: Money;
  isIncluded?: boolean;
}

export interface Pickup {
  name?: string;
  /** `HH:MM` local to the item. */
  time?: string;
  note?: string;
  isOnRequest?: boolean;
}

export interface Ticket {
  value: string;
  label?: string;
  seat?: string;
}

/** What is booked: a tour, a cabin, an option, a fee. */
export interface BookingItem {
  /** Stable within the booking. */
  id: string;
  name: string;
  kind?: "departure" | "rental" | "accommodation" | "option" | "fee" | "package" | "other";
  productId?: string;
  productCode?: string;
  /** The item this one belongs to (an option of a tour). */
  belongsTo?: string;
  quantity?: number;
  unit?: "person" | "group" | "piece";
  /** How the source words the quantity: `2 Adults`. */
  quantityText?: string;
  start?: LocalMoment;
  end?: LocalMoment;
  /** Of one unit. */
  unitPrice?: Money;
  /** Of the whole item, tax included. */
  price?: Money;
  tax?: ItemTax;
  place?: string;
  /** Which cabin, bike or seat was assigned. */
  unitName?: string;
  pickup?: Pickup;
  tickets?: Ticket[];
  ticketFormat?: "qr" | "code128";
  /** Reference of the supplier that carries the item out. */
  supplierReference?: string;
  isRedeemed?: boolean;
  note?: string;
  answers?: { question: string; answers: string[] }[];
  links?: { label?: string; url: string }[];
}

export interface Payment {
  /** Negative when money went back. */
  amount: Money;
  /** RFC 3339 when the source gives an instant, else its local text. */
  paidAt?: string;
  method?: string;
  reference?: string;
  transactionReference?: string;
  note?: string;
  paidBy?: Payer;
}

export type Payer = "customer" | "agent";

export interface Agent {
  id?: string;
  name?: string;
  code?: string;
  email?: string;
  /** The agent's own number of the booking. */
  reference?: string;
}

export interface Cancellation {
  /** RFC 3339. */
  at?: string;
  by?: "staff" | "customer" | "system";
  reason?: string;
}

/** The brand or site that sold the booking. */
export interface Channel {
  id: string;
  name?: string;
}

export interface BookingFlags {
  fraud?: boolean;
  conflict?: boolean;
  locked?: boolean;
  test?: boolean;
  /** The guest has been erased at their wish; nothing of them is kept. */
  erased?: boolean;
}

export interface Totals {
  /** What the whole booking costs, tax included. */
  total?: Money;
  beforeDiscount?: Money;
  discount?: Money;
  deposit?: Money;
  tax?: Money;
  paid?: Money;
  commission?: Money;
}

/** Everything a source can say about a booking. */
export interface BookingFields {
  status: BookingStatus;
  flags?: BookingFlags;
  /** Name of the trip or the thing rented. */
  title?: string;
  channel?: Channel;
  start?: LocalMoment;
  end?: LocalMoment;
  customer?: Customer;
  travellers?: Traveller[];
  /** How many people, also where few of them are named. */
  travellerCount?: number;
  /** How the source words it: `2 Adults, 1 Child`. */
  travellersText?: string;
  items?: BookingItem[];
  totals?: Totals;
  payments?: Payment[];
  /** What is still open; negative when overpaid. */
  balance?: Money;
  balanceOwedBy?: Payer;
  /** `YYYY-MM-DD` */
  balanceDueOn?: string;
  agent?: Agent;
  cartId?: string;
  company?: string;
  taxNumber?: string;
  /** What the guest asks for. */
  notes?: string;
  /** What the office wrote for the guest. */
  importantNote?: string;
  /** What the office wrote for itself. Never shown to guests. */
  internalNote?: string;
  /** The guest's language, lower-case BCP 47: `nb`, `en-gb`. */
  language?: string;
  custom?: CustomFields;
  /** RFC 3339 */
  madeAt?: string;
  /** RFC 3339; end of a quotation or provisional booking. */
  expiresAt?: string;
  cancellation?: Cancellation;
  voucherUrl?: string;
  barcode?: string;
  /** RFC 3339; changes whenever the source saves the booking, so it is never compared. */
  updatedAt?: string;
}

/** The state of one booking, as known after an event. */
export interface Booking extends BookingFields {
  connection: string;
  reference: string;
  /** Counts the states Bellhop has seen, from 1. */
  version: number;
}

type Carried<T> = T extends readonly (infer E)[]
  ? (E extends { id: string } ? Carried<E> & { id: string } : E)[]
  : T extends Money | LocalMoment | CustomFields
    ? T
    : T extends object
      ? { [K in keyof T]?: Carried<NonNullable<T[K]>> | null | undefined }
      : T;

/**
 * One look at a booking. A field that is `undefined` was not part of what the source showed and
 * keeps its known value; `null` means the source showed it empty. Money, moments, lists of
 * payments and `custom` are replaced whole; items and travellers are matched by `id`.
 */
export type BookingView = Carried<BookingFields>;
