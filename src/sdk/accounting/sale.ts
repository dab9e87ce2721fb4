import type { Booking, BookingStatus } from "../booking.ts";
import { bookingLines, isNamed, line, sumOf, taxNamed, usualTax } from "./booking-lines.ts";
import { dayOfText } from "./days.ts";
import type { DocumentLine } from "./document.ts";
import { isBilledToAgent } from "./party.ts";
import type { AccountingSettings, Policy } from "./settings.ts";

const SOLD: readonly BookingStatus[] = ["confirmed", "checked_in", "checked_out", "no_show"];
const GIVEN_UP: readonly BookingStatus[] = ["cancelled", "removed", "no_show"];

/** What a booking amounts to now, and when it has to be in the books. */
export interface Sale {
  policy: Policy;
  /** What is sold; empty: nothing. Add up to what the guest or the agent owes in all. */
  lines: DocumentLine[];
  /** `YYYY-MM-DD` */
  serviceDay: string | undefined;
  /** Never as a document of its own: agents that are billed by the month, or not at all. */
  billed: "invoice" | "month" | "never";
}

/** The money that the source says has come in and gone back, in minor units. */
export interface MoneyMoved {
  receivedMinor: number;
  refundedMinor: number;
}

export function saleOf(booking: Booking, settings: AccountingSettings, moved: MoneyMoved): Sale {
  return {
    policy: policyOf(booking, settings),
    lines: forAgent(booking, settings, soldLines(booking, settings, moved)),
    serviceDay: serviceDayOf(booking),
    billed: isBilledToAgent(booking) ? billingOf(settings) : invoicesOf(settings),
  };
}

/** The day that income belongs to: of the service, or where the source gives none, of the booking. */
export function serviceDayOf(booking: Booking): string | undefined {
  return booking.start?.date ?? dayOfText(booking.madeAt, booking);
}

export function policyOf(booking: Booking, { policy, policies }: AccountingSettings): Policy {
  const rule = policies.find(
    ({ connections, products }) =>
      (connections.length === 0 || connections.includes(booking.connection)) &&
      (products.length === 0 || (booking.items ?? []).some((item) => isNamed(item, products))),
  );
  return rule?.policy ?? policy;
}

/** Bookings whose price is no sale any more, or not one yet, cost nothing but a fee. */
export function isSold({ status }: Booking): boolean {
  return SOLD.includes(status);
}

function soldLines(
  booking: Booking,
  settings: AccountingSettings,
  moved: MoneyMoved,
): DocumentLine[] {
  const { status } = booking;
  const isKept = status === "removed" && settings.removed === "keep";
  const isCredited = status === "no_show" && settings.noShow === "credit";
  if ((isSold(booking) && !isCredited) || isKept) return withoutReleased(booking, settings);
  return GIVEN_UP.includes(status) ? cancellationFee(booking, settings, moved) : [];
}

/** A security for damages is owed back when the guest is gone, not when it is paid back. */
function withoutReleased(booking: Booking, settings: AccountingSettings): DocumentLine[] {
  const lines = bookingLines(booking, settings);
  const isReleased =
    booking.status === "checked_out" && settings.damageDeposits.releasedAt === "checked_out";
  return isReleased ? lines.filter(({ role }) => role !== "damageDeposits") : lines;
}

function cancellationFee(
  booking: Booking,
  settings: AccountingSettings,
  { receivedMinor, refundedMinor }: MoneyMoved,
): DocumentLine[] {
  const { fee, tax } = settings.cancellation;
  const keptMinor = Math.max(0, receivedMinor - refundedMinor);
  const feeMinor = {
    none: 0,
    kept: keptMinor,
    refunded: refundedMinor > 0 ? keptMinor : 0,
    total: sumOf(bookingLines(booking, settings)),
  }[fee];
  if (feeMinor <= 0) return [];
  const rate = tax === undefined ? usualTax(settings) : taxNamed(tax, settings);
  return [
    line({
      description: "Cancellation fee",
      role: "revenue",
      grossMinor: feeMinor,
      ...rate,
      itemId: "cancellation",
    }),
  ];
}

/** What an agent keeps of the price. */
function forAgent(
  booking: Booking,
  { agents }: AccountingSettings,
  lines: DocumentLine[],
): DocumentLine[] {
  const commission = booking.totals?.commission;
  const isOurs =
    isBilledToAgent(booking) && commission?.currency === booking.totals?.total?.currency;
  if (!isOurs || !commission || commission.amountMinor <= 0 || lines.length === 0) return lines;
  if (!isSold(booking)) return lines;
  const role = agents.terms === "net" ? "revenue" : "commission";
  const grossMinor = -commission.amountMinor;
  return [...lines, line({ description: "Commission", role, grossMinor, itemId: "commission" })];
}

function billingOf({ agents }: AccountingSettings): Sale["billed"] {
  return agents.invoice === "booking" ? "invoice" : agents.invoice;
}

function invoicesOf({ invoices }: AccountingSettings): Sale["billed"] {
  return invoices === "source" ? "never" : "invoice";
}
