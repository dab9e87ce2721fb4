import type { BookingStatus, PostalAddress } from "../booking.ts";
import type { Money } from "../money.ts";
import type { GuestKeys } from "../people.ts";

export type Consent = "yes" | "no" | "unknown";

/** A guest, as contact of a CRM. */
export interface Contact extends GuestKeys {
  /** Never empty: without a name the address, the number, or the booking it came with. */
  name: string;
  firstName?: string;
  lastName?: string;
  /** Lower-case BCP 47. */
  language?: string;
  /** ISO 3166, two letters. */
  country?: string;
  address?: PostalAddress;
  company?: string;
  /** How many bookings stand: not those that are asked for, cancelled or expired. */
  bookings: number;
  /** What these cost, one sum a currency. */
  spent: readonly Money[];
  /** `YYYY-MM-DD`, when the first booking was made. */
  firstBookedOn?: string;
  lastBookedOn?: string;
  /** `YYYY-MM-DD`, when the next that stands begins. */
  nextStayOn?: string;
  tags: readonly string[];
  /** What the guest last said about being written to; `no` also when another at the address did. */
  consent: Consent;
  /** Whether the guest may be put on a list; nobody may who has left it. */
  maySubscribe: boolean;
}

/** An agent that books for guests. */
export interface Company {
  /** `fjord/agent/12`: unique in the installation. */
  key: string;
  /** Never empty. */
  name: string;
  code?: string;
  email?: string;
  /** `Party.code` under which accounting has the agent. */
  billingCode?: string;
}

export interface DealProduct {
  name: string;
  code?: string;
  quantity?: number;
  price?: Money;
}

/** A booking, as deal of a CRM. */
export interface Deal {
  /** `fjord/1201`: unique in the installation. */
  key: string;
  reference: string;
  /** `Fjord walk, 2026-03-14, booking 1201`; without anybody's name. */
  title: string;
  status: BookingStatus;
  /** Of the settings; absent where they name none for the status: the target's own choice. */
  stage?: string;
  outcome: "open" | "won" | "lost";
  amount?: Money;
  /** `YYYY-MM-DD` */
  madeOn?: string;
  startsOn?: string;
  endsOn?: string;
  products: readonly DealProduct[];
  /** Ids at the target; absent where it has none: nothing is known of the guest, or it was deleted. */
  contactId?: string;
  companyId?: string;
}
