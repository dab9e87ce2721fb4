import type { Booking, BookingItem } from "../booking.ts";
import { formatAmount } from "../money.ts";
import { manyLines, oneLine } from "../text.ts";
import { formatMoment } from "../time.ts";
import type { Appointment } from "./appointments.ts";
import { fillsDays } from "./span.ts";

/** What of guests an event may tell; what is booked, for how many, it tells in any case. */
export const DETAILS = ["name", "contact", "pickup", "notes", "balance", "agent"] as const;
export type Detail = (typeof DETAILS)[number];

/** `Fjord walk, 2 Adults, Anna Berg`; what is of nobody is left out. */
export function summaryOf(
  { booking, items }: Appointment,
  shown: readonly Detail[] = DETAILS,
): string {
  const [item] = items;
  const what = item?.name ?? booking.title ?? `Booking ${booking.reference}`;
  const name = shown.includes("name") && nameOf(booking);
  const parts = [what, item?.unitName, peopleOf(booking), name];
  return listed(parts, ", ");
}

export function placeOf({ items }: Appointment): string {
  return oneLine(items.find(({ place }) => place !== undefined)?.place ?? "");
}

/** What whoever receives the guests needs. Notes that the office wrote for itself stay there. */
export function descriptionOf(
  appointment: Appointment,
  shown: readonly Detail[] = DETAILS,
): string {
  const { booking, items, start, end } = appointment;
  const { reference, connection, status } = booking;
  const times = fillsDays(appointment) && (start.time ?? end?.time) !== undefined;
  return listed(
    [
      `Booking ${reference} (${connection}), ${status.replace("_", " ")}`,
      peopleOf(booking),
      guestLine(booking, shown),
      times && `From ${formatMoment(start)}${end ? ` to ${formatMoment(end)}` : ""}`,
      ...items.flatMap((item) => itemLines(item, booking, shown)),
      ...bookingLines(booking, shown),
    ],
    "\n",
  );
}

function guestLine(booking: Booking, shown: readonly Detail[]): string {
  const { phone, email } = booking.customer ?? {};
  const contact = shown.includes("contact") ? [phone, email] : [];
  return listed([shown.includes("name") && nameOf(booking), ...contact], ", ");
}

function itemLines(item: BookingItem, { items = [] }: Booking, shown: readonly Detail[]): string[] {
  const options = items.filter(({ belongsTo }) => belongsTo === item.id);
  const pickup = shown.includes("pickup") ? item.pickup : undefined;
  const place = pickup && listed([pickup.time, pickup.name, pickup.note], ", ");
  return [
    countOf(item),
    ...options.map((option) => `- ${countOf(option)}`),
    ...(place ? [`Pick-up: ${place}`] : []),
  ];
}

function bookingLines({ agent, balance, notes }: Booking, shown: readonly Detail[]) {
  return [
    shown.includes("agent") && agent?.name !== undefined && `Agent: ${oneLine(agent.name)}`,
    shown.includes("balance") &&
      balance &&
      balance.amountMinor > 0 &&
      `To be paid: ${formatAmount(balance)} ${balance.currency}`,
    shown.includes("notes") &&
      notes !== undefined &&
      notes !== "" &&
      `The guest says: ${manyLines(notes)}`,
  ];
}

function countOf({ quantity, quantityText, name, unitName }: BookingItem): string {
  const count = quantityText ?? (quantity === undefined ? undefined : `${quantity} x`);
  return listed([listed([count, name], " "), unitName], ", ");
}

function peopleOf({ travellersText, travellerCount }: Booking): string | undefined {
  if (travellersText !== undefined && travellersText !== "") return travellersText;
  if (travellerCount === undefined) return undefined;
  return travellerCount === 1 ? "1 person" : `${travellerCount} people`;
}

function nameOf({ customer = {} }: Booking): string {
  const { name, firstName, lastName } = customer;
  return listed([firstName, lastName], " ") || oneLine(name ?? "");
}

function listed(parts: readonly (string | false | undefined)[], between: string): string {
  const clean = between === "\n" ? manyLines : oneLine;
  const given = parts.map((part) => clean(part || ""));
  return given.filter((part) => part !== "").join(between);
}
