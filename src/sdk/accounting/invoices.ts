import { PermanentError } from "../errors.ts";
import { negated, sumOf } from "./booking-lines.ts";
import { type Desk, later } from "./desk.ts";
import type { DocumentLine } from "./document.ts";
import { lineKey, subtract } from "./issued.ts";
import { isSold } from "./sale.ts";

/** Invoices what is sold and not invoiced, credits what is invoiced and not sold. */
export function correctInvoices(desk: Desk): void {
  const standing = standingLines(desk);
  const wanted = wantedLines(desk, standing);
  if (sumOf(wanted) < 0) {
    const { reference } = desk.facts.booking;
    throw new PermanentError(`booking ${reference} costs less than nothing: look at its price`);
  }
  const [isSame, isSameBuyer] = [isSameThing(wanted, standing), isBilledToTheSame(desk)];
  if (isSame && (isSameBuyer || standing.length === 0)) return;
  if (standing.length === 0) return invoice(desk, wanted);

  const isBefore = desk.standing.ofKind("opening").some(({ lines }) => lines.length > 0);
  const isReplaced = !isSameBuyer || desk.facts.settings.corrections === "replace";
  if (isReplaced && !isBefore) replace(desk, standing, wanted);
  else adjust(desk, subtract(wanted, standing));
}

/** What is invoiced and not credited, over all invoices of the booking. */
export function standingLines({ standing }: Desk): DocumentLine[] {
  const all = standing.invoices.flatMap((one) => one.standing);
  return subtract(all, []);
}

/** Once there is an invoice it follows the booking, also when the service was moved to a later day. */
function wantedLines(desk: Desk, standing: readonly DocumentLine[]): DocumentLine[] {
  const { policy, lines } = desk.sale;
  const isAtBooking = policy === "invoice" || policy === "invoice+defer";
  const isOver = !isSold(desk.facts.booking);
  const isDue = isAtBooking || isOver || desk.isServed || standing.length > 0;
  return isDue && sumOf(lines) !== 0 ? lines : [];
}

function isBilledToTheSame({ standing, facts, billTo: wanted }: Desk): boolean {
  const last = standing.invoices.findLast(({ document }) => document.billTo !== "");
  if (!last) return true;
  const { billTo, currency } = last.document;
  return billTo === wanted && currency === facts.booking.totals?.total?.currency;
}

function isSameThing(one: readonly DocumentLine[], other: readonly DocumentLine[]): boolean {
  const text = (lines: readonly DocumentLine[]) =>
    subtract(lines, [])
      .map((line) => `${lineKey(line)}=${line.grossMinor}`)
      .toSorted()
      .join();
  return text(one) === text(other);
}

function replace(desk: Desk, standing: DocumentLine[], wanted: DocumentLine[]): void {
  const replaced = lastInvoiceKey(desk);
  credit(desk, standing);
  if (wanted.length > 0) invoice(desk, wanted, `replaces ${replaced}`);
}

function adjust(desk: Desk, difference: DocumentLine[]): void {
  const sum = sumOf(difference);
  const [more, less] = [
    difference.filter(({ grossMinor }) => grossMinor > 0),
    difference.filter(({ grossMinor }) => grossMinor <= 0),
  ];
  const note = `difference to ${lastInvoiceKey(desk)}`;
  if (sum > 0) return invoice(desk, difference, note);
  if (sum < 0) return credit(desk, negated(difference));
  // The same price for something else, or taxed otherwise.
  if (less.length > 0) credit(desk, negated(less));
  if (more.length > 0) invoice(desk, more, note);
}

function invoice(desk: Desk, lines: DocumentLine[], note?: string): void {
  if (lines.length === 0) return;
  const { booking } = desk.facts;
  const on = invoiceDay(desk);
  desk.write(
    {
      kind: "invoice",
      totalMinor: sumOf(lines),
      lines,
      billTo: desk.billTo,
      dueOn: later(booking.balanceDueOn ?? on, on),
      ...(note !== undefined && { note }),
    },
    on,
  );
}

function credit(desk: Desk, lines: DocumentLine[]): void {
  const of = lastInvoiceKey(desk);
  const { currency, party } = desk.standing.invoice(of)?.document ?? {};
  const written = desk.write(
    {
      ...{ kind: "credit_note", totalMinor: sumOf(lines), lines, of },
      ...(currency !== undefined && { currency }),
    },
    desk.today,
  );
  // Given back to whoever was billed, also when another one is billed from now on.
  if (party !== undefined) written.party = party;
}

/** A first invoice belongs to the day of the service, a later one to the day it was found due. */
function invoiceDay({ sale, standing, today, facts }: Desk): string {
  const isAtService = sale.policy === "deposit" || sale.policy === "service-date";
  const isFirst = standing.invoices.length === 0 && isSold(facts.booking);
  const day = isAtService && isFirst ? sale.serviceDay : undefined;
  return day !== undefined && day < today ? day : today;
}

/** The one that a correction is about: the newest that has anything left. */
function lastInvoiceKey({ standing }: Desk): string {
  const { invoices } = standing;
  const last = invoices.findLast((one) => one.standing.length > 0) ?? invoices.at(-1);
  return last?.document.key ?? "";
}
