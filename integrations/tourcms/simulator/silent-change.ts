import { formatAmount } from "#sdk";

import { addPayment, balanceMinor, paidMinor, type SimulatedBooking } from "./booking.ts";
import { firstDay, localDay } from "./days.ts";
import type { Random } from "./random.ts";

type Change = (booking: SimulatedBooking, random: Random) => string | undefined;

/** What staff can do without TourCMS calling anybody. */
const CHANGES: readonly [Change, ...Change[]] = [
  payCash,
  refund,
  moveDate,
  addPerson,
  changePrice,
  editMail,
  editName,
];

/** @returns what was changed; undefined when this booking is not one to change. */
export function changeQuietly(
  booking: SimulatedBooking,
  random: Random,
  nowMs: number,
): string | undefined {
  if (booking.cancelled || firstDay(booking) < localDay(nowMs)) return undefined;
  const lastMs = booking.nowMs;
  booking.nowMs = Math.max(nowMs, lastMs + 1000);
  const what = random.pick(CHANGES)(booking, random);
  if (what !== undefined) return `booking ${booking.id}: ${what}`;
  booking.nowMs = lastMs;
  return undefined;
}

function payCash(booking: SimulatedBooking): string | undefined {
  const amountMinor = balanceMinor(booking);
  if (amountMinor <= 0) return undefined;
  addPayment(booking, amountMinor, "Cash");
  return `${amountText(booking, amountMinor)} paid in cash`;
}

function refund(booking: SimulatedBooking, random: Random): string | undefined {
  const amountMinor = Math.floor((paidMinor(booking) * random.between(10, 50)) / 100);
  if (amountMinor <= 0) return undefined;
  addPayment(booking, -amountMinor, "Refund");
  return `${amountText(booking, amountMinor)} refunded`;
}

function moveDate(booking: SimulatedBooking, random: Random): string {
  booking.leadDays += random.between(1, 14);
  return `moved to ${firstDay(booking)}`;
}

function addPerson(booking: SimulatedBooking): string | undefined {
  const [line] = booking.lines;
  if (!line) return undefined;
  line.quantity += 1;
  line.rateText = `${line.quantity} Adults`;
  const id = `7${booking.id}${booking.people.length}`;
  booking.people = [...booking.people, { id, firstName: "", lastName: "", ageGroup: "a" }];
  return "one more adult";
}

function changePrice(booking: SimulatedBooking, random: Random): string | undefined {
  const [line] = booking.lines;
  if (!line) return undefined;
  line.unitMinor += random.between(1, 20) * 100;
  return `${amountText(booking, line.unitMinor)} for each adult`;
}

function editMail(booking: SimulatedBooking, random: Random): string {
  booking.guest = { ...booking.guest, email: `guest.${random.between(1, 999_999)}@example.com` };
  return "another e-mail address";
}

function editName(booking: SimulatedBooking): string {
  const lastName = `${booking.guest.lastName}-Berg`;
  booking.guest = { ...booking.guest, lastName };
  booking.people = booking.people.map((person, index) =>
    index === 0 ? { ...person, lastName } : person,
  );
  return "another name";
}

function amountText({ channel: { currency } }: SimulatedBooking, amountMinor: number): string {
  return `${formatAmount({ amountMinor, currency })} ${currency}`;
}
