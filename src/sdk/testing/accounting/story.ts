import type { AccountRole } from "../../accounting/document.ts";
import type { Booking, BookingItem, Payment } from "../../booking.ts";
import type { EventOrigin, EventPayment } from "../../booking-event.ts";
import { parseMoney } from "../../money.ts";

export type BookingParts = { [K in keyof Booking]?: Booking[K] | undefined };

/** The booking has come to be so. */
export interface SeeStep {
  /** `YYYY-MM-DD`, at noon; absent: the same day as before. */
  day?: string;
  /** What is different from the booking that all stories begin with; undefined: not there. */
  see: BookingParts;
  origin?: EventOrigin;
  payment?: EventPayment;
}

/** A day's work by the clock. */
export interface RunStep {
  day?: string;
  run: "statements" | "takings";
}

export type StoryStep = SeeStep | RunStep;

/** What happens to one booking, and what the books must show after it. */
export interface AccountingStory {
  title: string;
  /** On top of those that all stories share. */
  settings?: Readonly<Record<string, unknown>>;
  steps: readonly StoryStep[];
  /** `invoice:1 180.00`; money that is only used from one document for another is not listed. */
  documents: readonly string[];
  /** Debit less credit, as decimal numbers; accounts at zero are left out. */
  balances: Readonly<Partial<Record<AccountRole, string>>>;
  /** Of documents that are posted for several bookings: their place instead of the booking's. */
  place?: string;
  currency?: string;
}

/** What every story is told with. The taxes have to be in the target's settings too. */
export const STORY_SETTINGS = {
  taxes: {
    standard: { ratePercent: "25" },
    reduced: { ratePercent: "12", products: ["bus"] },
    margin: { scheme: "margin", products: ["trip"] },
  },
} as const;

/** Methods of payment that occur. */
export const STORY_METHODS = ["card", "cash"] as const;

export const STORY_CURRENCIES = ["EUR", "USD", "JPY", "KWD"] as const;

/** Two weeks before the walk. */
export const FIRST_DAY = "2026-03-02";
/** Of the walk. */
export const SERVICE_DAY = "2026-03-14";

export function money(text: string, currency = "EUR") {
  return parseMoney(text, currency);
}

export function item(
  price: string,
  parts: Partial<BookingItem> = {},
  currency = "EUR",
): BookingItem {
  return {
    id: "1",
    name: "Fjord walk",
    productId: "walk",
    price: money(price, currency),
    ...parts,
  };
}

/** A booking whose items explain its price. */
export function priced(...items: BookingItem[]): Pick<Booking, "items" | "totals"> {
  const currency = items[0]?.price?.currency ?? "EUR";
  const amountMinor = items.reduce((sum, { price }) => sum + (price?.amountMinor ?? 0), 0);
  return { items, totals: { total: { amountMinor, currency } } };
}

/** Payments by card, one a day from the first; negative ones went back. */
export function paid(...amounts: string[]): Payment[] {
  return amounts.map((text, index) => ({
    amount: money(text),
    paidAt: `2026-03-${String(index + 2).padStart(2, "0")}`,
    method: "card",
    reference: `P${index + 1}`,
  }));
}

/** The booking of a story as its steps find it. */
export function storyBooking(reference: string, version: number, parts: BookingParts): Booking {
  const booking = {
    connection: "fjord",
    reference,
    version,
    status: "confirmed",
    title: "Fjord walk",
    start: { date: SERVICE_DAY, time: "09:00", timeZone: "Europe/Oslo" },
    customer: {
      id: `c${reference}`,
      firstName: "Anna",
      lastName: `Berg ${reference}`,
      email: `anna.${reference.toLowerCase()}@example.com`,
    },
    ...priced(item("180.00", { quantity: 2 })),
    payments: [],
    madeAt: "2026-03-01T10:00:00Z",
    language: "nb",
    ...parts,
  };
  return Object.fromEntries(
    Object.entries(booking).filter(([, value]) => value !== undefined),
  ) as unknown as Booking;
}
