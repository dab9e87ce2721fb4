import { agentCode } from "../billing-codes.ts";
import type { Booking } from "../booking.ts";
import type { EventPayment } from "../booking-event.ts";
import { isBlank } from "../people/person-keys.ts";
import { openDay, todayOf } from "./days.ts";
import { type Issued, Standing } from "./issued.ts";
import { type MoneyBooked, type MoneyDue, moneyDue, moneyMoved } from "./money.ts";
import { billToOf, isBilledToAgent, partyOf } from "./party.ts";
import { type Sale, saleOf } from "./sale.ts";
import type { AccountingSettings } from "./settings.ts";

type AnyDocument = Issued["document"];

/** From which the next documents follow. */
export interface Facts {
  /** As it is now. */
  booking: Booking;
  /** Made so far, oldest first. */
  issued: readonly AnyDocument[];
  settings: AccountingSettings;
  /** UTC milliseconds. */
  nowMs: number;
  /** The booking was there before Bellhop was. */
  isAdopted?: boolean;
  /** It is older than the books, but news: from here on it is followed as any other. */
  isFollowed?: boolean;
  /** What the event says of a payment, for sources that only tell sums. */
  payment?: EventPayment;
}

/** The parts of a document that the desk fills in itself. */
type Draft<D = AnyDocument> = D extends AnyDocument
  ? Omit<D, "key" | "on" | "party" | "currency"> & { currency?: string }
  : never;

/** One booking on an accountant's desk: what is there, and what is being written. */
export class Desk {
  readonly facts: Facts;
  readonly standing: Standing;
  readonly sale: Sale;
  /** `YYYY-MM-DD` */
  readonly today: string;
  readonly made: AnyDocument[] = [];

  constructor(facts: Facts) {
    const { booking, issued, settings, nowMs } = facts;
    this.facts = facts;
    this.standing = new Standing(issued);
    this.today = todayOf(booking, nowMs);
    this.sale = saleOf(booking, settings, moneyMoved(booking));
  }

  get currency(): string | undefined {
    return this.facts.booking.totals?.total?.currency ?? this.facts.booking.totals?.paid?.currency;
  }

  get isServed(): boolean {
    const { serviceDay } = this.sale;
    return serviceDay === undefined || this.today >= serviceDay;
  }

  /** Payments of the source that the books do not show yet. */
  moneyDue(): MoneyDue[] {
    const { booking, payment } = this.facts;
    return moneyDue(booking, this.#moneyBooked(), payment);
  }

  /**
   * Writes a document with the next number of its kind.
   *
   * @param wantedDay `YYYY-MM-DD`; another one where the period of that is closed.
   */
  write(draft: Draft, wantedDay: string): AnyDocument {
    const { settings } = this.facts;
    const { on, note } = openDay(later(wantedDay, settings.startDate ?? ""), settings);
    const notes = [draft.note, note].filter((text) => text !== undefined).join("; ");
    const document = {
      ...draft,
      key: this.standing.nextKey(draft.kind),
      on,
      currency: draft.currency ?? this.currency,
      party: this.#party,
      ...this.#sourceInvoice(),
      ...(notes !== "" && { note: notes }),
    } as AnyDocument;
    this.standing.add(document);
    this.made.push(document);
    return document;
  }

  /** Who is billed, as a hash. */
  get billTo(): string {
    const { booking } = this.facts;
    const last = this.standing.invoices.findLast(({ document }) => document.billTo !== "");
    const isStill = last && last.document.party === this.#party && this.#isGuestErased;
    return isStill ? last.document.billTo : billToOf(booking);
  }

  /** A guest of whom nothing is known any more is nobody else for that. */
  get #party(): string {
    const { booking } = this.facts;
    const parties = this.standing.documents.map((one) => ("party" in one ? one.party : undefined));
    const before = parties.findLast((party) => party !== undefined && party !== agentCode(booking));
    return (this.#isGuestErased ? before : undefined) ?? partyOf(booking).code;
  }

  /** Here, or at the source: then all that a bill was made out to is gone. */
  get #isGuestErased(): boolean {
    const { booking } = this.facts;
    const { company = "", taxNumber = "" } = booking;
    return isBlank(booking) && company + taxNumber === "" && !isBilledToAgent(booking);
  }

  #sourceInvoice() {
    const { booking, settings } = this.facts;
    const { invoices, invoiceItem } = settings;
    if (invoices !== "source" || invoiceItem === undefined) return {};
    const sourceInvoice = booking.custom?.[invoiceItem] ?? booking.customer?.custom?.[invoiceItem];
    return sourceInvoice === undefined || sourceInvoice === "" ? {} : { sourceInvoice };
  }

  #moneyBooked(): MoneyBooked[] {
    const takings = this.standing.ofKind("taking").map((taking) => bookedBy(taking, 1));
    const money = this.standing.money
      .filter(({ paymentId }) => paymentId !== OPENING)
      .map((one) => bookedBy(one, one.kind === "refund" ? -1 : 1));
    const before = this.standing.ofKind("opening").flatMap(({ payments }) => payments);
    return [...before, ...money, ...takings];
  }
}

/** Payment id of the money that was held before Bellhop began; its method too. */
export const OPENING = "opening";

export function later(one: string, other: string): string {
  return one > other ? one : other;
}

function bookedBy(
  document: { paymentId: string; totalMinor: number; currency: string; method?: string },
  sign: 1 | -1,
): MoneyBooked {
  const { paymentId: id, totalMinor, currency, method } = document;
  return { id, amountMinor: sign * totalMinor, currency, ...(method !== undefined && { method }) };
}
