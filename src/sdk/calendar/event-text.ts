import type { Booking, BookingItem } from "../booking.ts";
import { formatAmount } from "../money.ts";
import { manyLines, oneLine } from "../text.ts";
import { formatMoment } from "../time.ts";
import type { Appointment } from "./appointments.ts";
import { fillsDays } from "./span.ts";

/** `Fjord walk, 2 Adults, Anna Berg`; what is of nobody is left out. */
export function summaryOf({ booking, items }: Appointment): string {
  const [item] = items;
  const what = item?.name ?? booking.title ?? `Booking ${booking.reference}`;
  const parts = [what, item?.unitName, peopleOf(booking), nameOf(booking)];
  return listed(parts, ", ");
}

export function placeOf({ items }: Appointment): string {
  return oneLine(items.find(({ place }) => place !== undefined)?.place ?? "");
}

/** What whoever receives the guests needs. Notes that the office wrote for itself stay there. */
export function descriptionOf(appointment: Appointment): string {
  const { booking, items, start, end } = appointment;
  const { reference, connection, status, customer, agent, notes, balance } = booking;
  const times = fillsDays(appointment) && (start.time ?? end?.time) !== undefined;
  return listed(
    [
      `Booking ${reference} (${connection}), ${status.replace("_", " ")}`,
      peopleOf(booking),
      listed([nameOf(booking), customer?.phone, customer?.email], ", "),
      times && `From ${formatMoment(start)}${end ? ` to ${formatMoment(end)}` : ""}`,
      ...items.flatMap((item) => itemLines(item, booking)),
      agent?.name !== undefined && `Agent: ${oneLine(agent.name)}`,
      balance &&
        balance.amountMinor > 0 &&
        `To be paid: ${formatAmount(balance)} ${balance.currency}`,
      notes !== undefined && notes !== "" && `The guest says: ${manyLines(notes)}`,
    ],
    "\n",
  );
}

function itemLines(item: BookingItem, { items = [] }: Booking): string[] {
  const options = items.filter(({ belongsTo }) => belongsTo === item.id);
  const { pickup } = item;
  const place = pickup && listed([pickup.time, pickup.name, pickup.note], ", ");
  return [
    countOf(item),
    ...options.map((option) => `- ${countOf(option)}`),
    ...(place ? [`Pick-up: ${place}`] : []),
  ];
}

function countOf({ quantity, quantityText, name, unitName }: BookingItem): string {
  const count = quantityText ?? (quantity === undefined ? undefined : `${quantity} x`);
  return listed([listed([count, name], " "), unitName], ", ");
}

function peopleOf({ travellersText, travellerCount }: Booking): string | undefined {
  if (travellersText !== undefined && travellersText !== "") return travellersText;
  return travellerCount === undefined ? undefined : `${travellerCount} people`;
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
