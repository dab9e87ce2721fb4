import type { Booking } from "../../booking.ts";
import type { EventOrigin } from "../../booking-event.ts";
import { parseMoney } from "../../money.ts";

/**
 * In every text of a story: a number that no other story has. Written without a space before it, a
 * name stays one word. `Berg§`, `anna.§@example.com`, `+49151§`
 */
export const MARK = "§";

export type StoryParts = { [K in keyof Booking]?: Booking[K] | undefined };

/** A booking has come to be so. */
export interface SeeStep {
  /** Which of the story's bookings, counted from 1 as they are made. Defaults to the first. */
  booking?: number;
  /** What is different from the booking that all stories begin with; undefined: not there. */
  see: StoryParts;
  origin?: EventOrigin;
  /** Seen, and its jobs run only with a later step `late`. */
  isLate?: boolean;
}

/** What people do at the target by themselves. The contact is named by a text that it carries. */
export type OfficeStep =
  /** The office puts this number in. */
  | { office: "edit"; contact: string; phone: string }
  | { office: "remove"; contact: string }
  /** The office merges two, and the first one is left. */
  | { office: "merge"; contact: string; into: string }
  /** The guest leaves the list, or asks there not to be written to. */
  | { office: "leave"; contact: string };

export type CrmStep =
  | SeeStep
  | OfficeStep
  /** All that has been told so far is told once more: newest first, or in its order. */
  | { again: "backwards" | "in order" }
  /** What was seen `isLate` is worked off now. */
  | { late: true }
  /** Erased here by the office: the guest of this booking is blank from now on. */
  | { erase: number };

/** What a contact has to show; what a target does not keep is left out of the comparison. */
export interface ExpectedContact {
  name?: string;
  /** Absent: there must be none. */
  email?: string;
  /** The address is another contact's. */
  isEmailShared?: boolean;
  phone?: string;
  language?: string;
  country?: string;
  company?: string;
  bookings?: number;
  spent?: readonly string[];
  firstBookedOn?: string;
  lastBookedOn?: string;
  nextStayOn?: string;
  tags?: readonly string[];
  consent?: string;
  isSubscribed?: boolean;
}

export interface ExpectedDeal {
  /** Which booking. */
  booking: number;
  stage?: string;
  amount?: string;
  startsOn?: string;
  /** Text of the contact that it belongs to; null: none. */
  contact?: string | null;
  /** Name of the agent. */
  company?: string;
}

/** What happens to some bookings, and whom the target must hold after it. */
export interface CrmStory {
  title: string;
  /** On top of those that all stories share. */
  settings?: Readonly<Record<string, unknown>>;
  steps: readonly CrmStep[];
  /** All that carry the story's mark: one more is one too many. */
  contacts: readonly ExpectedContact[];
  deals?: readonly ExpectedDeal[];
  companies?: readonly string[];
}

/** What every story is told with. */
export const CRM_STORY_SETTINGS = {
  consentItem: "newsletter",
  subscribe: "consent",
  tags: ["guest"],
  stages: { requested: "open", confirmed: "won", no_show: "missed", cancelled: "lost" },
  notes: false,
} as const;

/** Names of all stages that occur. */
export const CRM_STAGES = ["open", "won", "missed", "lost"] as const;

/** When all stories happen: the walk is two weeks later. */
export const CRM_STORY_DAY = "2026-03-02";

export function total(text: string, currency = "EUR"): Pick<Booking, "totals"> {
  return { totals: { total: parseMoney(text, currency) } };
}

export const ANNA = {
  id: "c§",
  firstName: "Anna",
  lastName: "Berg§",
  email: "anna.§@example.com",
  phone: "+49 151 §",
  country: "DE",
};

export const OLA = {
  id: "d§",
  firstName: "Ola",
  lastName: "Vik§",
  email: "ola.§@example.com",
  phone: "+49 160 §",
  country: "DE",
};

/** The booking of a story as its steps find it. */
export function crmStoryBooking(number: number, version: number, parts: StoryParts): Booking {
  const booking = {
    connection: "fjord§",
    reference: `R§-${number}`,
    version,
    status: "confirmed",
    title: "Fjord walk",
    start: { date: "2026-03-14", time: "09:00", timeZone: "Europe/Oslo" },
    customer: ANNA,
    items: [{ id: "1", name: "Fjord walk", quantity: 2 }],
    ...total("180.00"),
    madeAt: `2026-03-0${Math.min(number, 9)}T10:00:00Z`,
    language: "nb",
    ...parts,
  };
  const given = Object.entries(booking).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as Booking;
}

/** Puts a story's number in place of the mark, however deep. */
export function marked<T>(value: T, mark: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll(MARK, mark)) as T;
}
