import type { Booking } from "../sdk/booking.ts";
import { sumOf } from "../sdk/accounting/booking-lines.ts";
import { OPENING } from "../sdk/accounting/desk.ts";
import { type Issued, Standing } from "../sdk/accounting/issued.ts";
import { moneyMoved } from "../sdk/accounting/money.ts";
import { nextDocuments } from "../sdk/accounting/next-documents.ts";
import { type Sale, saleOf } from "../sdk/accounting/sale.ts";
import type { AccountingSettings } from "../sdk/accounting/settings.ts";
import { messageOf } from "../sdk/errors.ts";
import { type FiguresByCurrency, figuresIn } from "./figures.ts";

type AnyDocument = Issued["document"];

export interface AccountFacts {
  booking: Booking;
  /** What the ledger tells of it, oldest first. */
  issued: readonly Issued[];
  settings: AccountingSettings;
  /** UTC milliseconds. */
  nowMs: number;
  /** The booking was there before Bellhop was. */
  isAdopted?: boolean;
}

/** What a booking comes to, and what the books lack of it. */
export interface Account {
  sale: Sale;
  amounts: FiguresByCurrency;
  /** Begun and not ended, or due and not begun. */
  missing: readonly AnyDocument[];
  /** In the books by our ledger, or from before they began. */
  settled: readonly AnyDocument[];
  /** Why nobody can tell what is missing. */
  fault?: string;
}

/** Puts a booking beside the documents that were made of it. */
export function accountOf(facts: AccountFacts): Account {
  const { booking, issued, settings } = facts;
  const { next, fault } = due(facts);
  const begun = issued.filter(({ isOpen }) => isOpen);
  // What is only noted in our own ledger, without a word to anybody, cannot be missing there.
  const history = next.filter(({ kind }) => kind === "opening");
  const account = {
    sale: saleOf(booking, settings, moneyMoved(booking)),
    missing: [...begun.map(documentOf), ...next.filter(({ kind }) => kind !== "opening")],
    settled: [...issued.filter(({ isOpen }) => !isOpen).map(documentOf), ...history],
    ...(fault !== undefined && { fault }),
  };
  return { ...account, amounts: amountsOf(booking, account) };
}

function documentOf({ document }: Issued): AnyDocument {
  return document;
}

function due({ booking, issued, settings, nowMs, isAdopted = false }: AccountFacts): {
  next: AnyDocument[];
  fault?: string;
} {
  try {
    const documents = issued.map(documentOf);
    return { next: nextDocuments({ booking, issued: documents, settings, nowMs, isAdopted }) };
  } catch (error) {
    return { next: [], fault: messageOf(error) };
  }
}

type Parts = Omit<Account, "amounts">;

function amountsOf(booking: Booking, { sale, missing, settled, fault }: Parts): FiguresByCurrency {
  const amounts: FiguresByCurrency = {};
  const currency = booking.totals?.total?.currency;
  if (currency !== undefined) figuresIn(amounts, currency).booked = sumOf(sale.lines);
  for (const document of settled) {
    figuresIn(amounts, document.currency).posted += postedBy(document);
    figuresIn(amounts, document.currency).elsewhere += soldBefore(document);
  }
  for (const document of missing) {
    figuresIn(amounts, document.currency).unposted += postedBy(document);
  }
  for (const [code, paidMinor] of paidBy(booking)) figuresIn(amounts, code).paid += paidMinor;
  for (const [code, minor] of moneyIn(settled)) figuresIn(amounts, code).received += minor;
  addOpenAndHeld(amounts, settled);
  for (const figures of Object.values(amounts)) {
    const { booked, posted, elsewhere, unposted, paid, received } = figures;
    const rest = booked - posted - elsewhere - unposted;
    if (fault !== undefined) figures.unposted += rest;
    else if (sale.billed === "never" && sale.policy !== "takings") figures.elsewhere += rest;
    else figures.notDue += rest;
    figures.unreceived = paid - received;
  }
  return amounts;
}

/** What a document adds to what has been invoiced. */
export function postedBy({ kind, totalMinor }: AnyDocument): number {
  if (kind === "invoice" || kind === "share" || kind === "taking") return totalMinor;
  return kind === "credit_note" ? -totalMinor : 0;
}

function soldBefore(document: AnyDocument): number {
  return document.kind === "opening" ? sumOf(document.lines) : 0;
}

/** By currency, as the source says in sum; other currencies than that of its sum by its payments. */
function paidBy({ totals, payments = [] }: Booking): Map<string, number> {
  const sums = sumsOf(payments.map(({ amount }) => amount));
  const paid = totals?.paid;
  if (paid) sums.set(paid.currency, paid.amountMinor);
  return sums;
}

/** By currency: what came in less what went back. */
export function moneyIn(documents: readonly AnyDocument[]): Map<string, number> {
  return sumsOf(
    documents.flatMap((document) => {
      const { kind, totalMinor, currency } = document;
      // Taken over in sum; the payments behind it are told one by one.
      if (kind === "opening") return document.payments;
      if (kind === "refund") return [{ amountMinor: -totalMinor, currency }];
      const isMoney = kind === "payment" || kind === "deposit" || kind === "taking";
      return isMoney && document.paymentId !== OPENING
        ? [{ amountMinor: totalMinor, currency }]
        : [];
    }),
  );
}

function addOpenAndHeld(amounts: FiguresByCurrency, settled: readonly AnyDocument[]): void {
  const { invoices, holdings } = new Standing(settled);
  for (const { document, openMinor } of invoices) {
    figuresIn(amounts, document.currency).open += openMinor;
  }
  for (const { document, leftMinor } of holdings) {
    figuresIn(amounts, document.currency).held += leftMinor;
  }
}

function sumsOf(amounts: readonly { amountMinor: number; currency: string }[]) {
  const sums = new Map<string, number>();
  for (const { amountMinor, currency } of amounts) {
    sums.set(currency, (sums.get(currency) ?? 0) + amountMinor);
  }
  return sums;
}
