import type { Booking } from "../booking.ts";
import type { HandlerContext } from "../context.ts";
import type { GuestKeys } from "../people.ts";
import type { AccountingDocument, AccountRole, DocumentKind } from "./document.ts";

/** Who is billed. Names are read when a document is posted and are not kept with it. */
export interface Party {
  /** Unique in the books, and the same for all bookings of a person that the source knows by id. */
  code: string;
  kind: "guest" | "agent";
  /**
   * In the books already, and what is known of it now is only its code: the booking is somebody
   * else's meanwhile. Its details there stay as they are.
   */
  isKnown?: boolean;
  /** Of the company where there is one, else of the person; never empty. */
  name: string;
  contactName?: string;
  company?: string;
  taxNumber?: string;
  email?: string;
  phone?: string;
  /** ISO 3166, two letters. */
  country?: string;
  street?: string;
  city?: string;
  postcode?: string;
  language?: string;
}

/** One document on its way into the books. */
export interface Posting<D extends AccountingDocument = AccountingDocument> {
  document: D;
  /**
   * Name of the document in the books, unique in the installation: `fjord/1201/invoice:1`. Write it
   * where the target can be searched for it, and send it as idempotency key.
   */
  number: string;
  /** An earlier try may have got through, or half of it: look for `number` first, then go on. */
  mayExist: boolean;
  party: Party;
  /**
   * Who the guest is that is billed, for targets that keep people beside the books: one guest may
   * have several codes. Absent: an agent is billed, or nothing more is known of the guest.
   */
  guest?(): Promise<GuestKeys>;
  /** What it is about, for a person: `Fjord walk, 2026-03-14, booking 1201`. */
  title: string;
  /** The booking as it is now; of takings and monthly invoices there is none. */
  booking?: Booking;
  /** The target's id of a document of the same booking that was posted before. */
  externalIdOf(key: string): string | undefined;
}

/** What the target made of a document. */
export interface Posted {
  /** The target's id of it. */
  externalId: string;
  /** The number that people know it by, where that is another: `INV-00012`. */
  number?: string;
  /** Where a person can see it. */
  link?: string;
  /** What the target's arithmetic differed by, and a rounding line made up for. */
  roundingMinor?: number;
}

/** What a target borrows. */
export type TargetContext<Config> = Pick<
  HandlerContext<Config>,
  | "config"
  | "log"
  | "http"
  | "clock"
  | "tokens"
  | "dataFolder"
  | "documentOf"
  | "entriesOf"
  | "signal"
>;

/** One document, as the target itself tells of it. */
export interface BooksDocument {
  /** `Posting.number` */
  number: string;
  kind: DocumentKind;
  totalMinor: number;
  /** Of an invoice: what is still to be paid, where the target keeps that. */
  openMinor?: number;
  /** Not counted by the target until a person has approved it. */
  isDraft?: boolean;
}

/** What the books hold about one booking, read from the target and from nowhere else. */
export interface BooksView {
  documents: BooksDocument[];
  /** Debit less credit, in minor units of the booking's currency; accounts at zero may be missing. */
  balances: Partial<Record<AccountRole, number>>;
}

/**
 * An accounting system, or a file that stands for one. Documents of one booking come one after the
 * other, in order; those of different bookings up to `atOnce` at the same time.
 */
export interface AccountingTarget<Config> {
  /** Defaults to 1: one posting after the other in the whole installation. */
  atOnce?: number;
  /** Documents in any minute, where the other side has a limit. */
  perMinute?: number;
  /**
   * Puts a document into the books and comes back when it counts there.
   *
   * @throws RetryableError, PermanentError or ConfigurationError, with `mayHaveHappened` when nobody
   *   knows whether it got through: then it is posted again with `mayExist`.
   */
  post(posting: Posting, context: TargetContext<Config>): Promise<Posted>;
  /**
   * Reads back what the books hold for documents whose number begins with `prefix`.
   *
   * @param prefix `fjord/1201/`
   */
  read(prefix: string, currency: string, context: TargetContext<Config>): Promise<BooksView>;
}
