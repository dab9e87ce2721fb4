import { type Booking, type BookingItem, type Handler, type HandlerContext, instantOf } from "#sdk";
import {
  type Appointment,
  appointmentsOf,
  type CalendarOf,
  takes,
  takesPlace,
} from "#sdk/calendar";
import { fieldNamesIn, keep, type Kept } from "#sdk/crm";

import type { DavConfig } from "./config.ts";
import { ITEM } from "./event-fields.ts";
import { events, type Wanted } from "./events.ts";

const DAY_MS = 86_400_000;

/**
 * Shows bookings as events. The bookings of an address book's deals would have no time of day and
 * one place each, so this is a handler of its own; the ledger and what follows from it are the
 * kit's.
 */
export const calendar: Handler<DavConfig> = {
  id: "calendar",
  kind: "mirror",
  on: [
    ...(["booking.requested", "booking.confirmed", "booking.unconfirmed"] as const),
    ...(["booking.quoted", "booking.waitlisted", "booking.modified"] as const),
    ...(["booking.cancelled", "booking.expired", "booking.removed"] as const),
    ...(["booking.checked_in", "booking.checked_out", "booking.no_show"] as const),
    // The text says what is still to be paid.
    ...(["payment.received", "payment.refunded", "payment.removed"] as const),
  ],
  only: "latest",
  // One act of the office makes several calls.
  settle: "5s",
  concurrency: 2,
  limit: { atOnce: 2 },
  async handle(_event, context) {
    const { current, config, people } = context;
    if (config.calendarUrl === undefined && config.calendars.length === 0) {
      return { skipped: "the settings name no calendar" };
    }
    if (!current) return { skipped: "the booking has been erased" };
    const { id: person } = await people.of(current);
    const kept: Kept[] = [];
    for (const wanted of await wantedOf(current, person, context)) {
      const words = `event of booking ${current.reference}`;
      const keeping = {
        kind: "event" as const,
        id: wanted.id,
        thing: wanted,
        object: events,
        words,
      };
      kept.push(await keep(keeping, context));
    }
    return resultOf(kept);
  },
};

async function wantedOf(
  booking: Booking,
  person: string,
  context: HandlerContext<DavConfig>,
): Promise<Wanted[]> {
  const written = writtenBefore(context);
  const since = await context.firstUsedAt();
  const all = appointmentsOf(booking, calendarFor(booking, context.config));
  const appointments = knownAgain(all, written).filter(
    (one) => written.has(one.id) || (takesPlace(booking) && endsAt(one) >= since),
  );
  const ids = new Set(appointments.map(({ id }) => id));
  const lost = [...written.keys()].filter((id) => !ids.has(id));
  return [
    ...appointments.map((appointment) => ({ id: appointment.id, appointment, person })),
    ...lost.map((id) => ({ id, person })),
  ];
}

/**
 * Under the ids of their events. An appointment is named after its first item; when that one goes
 * and another stays, the event stays too.
 */
function knownAgain(appointments: readonly Appointment[], written: Written): Appointment[] {
  const taken = new Set(appointments.map(({ id }) => id).filter((id) => written.has(id)));
  return appointments.map((one) => {
    if (written.has(one.id)) return one;
    const about = ({ id }: BookingItem) => `${ITEM}${id}`;
    const same = [...written].find(
      ([id, fields]) => !taken.has(id) && one.items.some((item) => fields.has(about(item))),
    );
    if (!same) return one;
    const [id] = same;
    taken.add(id);
    return { ...one, id };
  });
}

/** The first calendar that takes it, else the one of everything. */
function calendarFor(booking: Booking, { calendars, calendarUrl }: DavConfig): CalendarOf {
  return (item) => calendars.find((rule) => takes(rule, booking, item))?.url ?? calendarUrl;
}

/** Ids of all events of a booking, each with the names of its fields. */
type Written = ReadonlyMap<string, ReadonlySet<string>>;

/** Out of the ledger of the booking, where their keys are `event:<id>:<count>`. */
function writtenBefore({ ledger }: Pick<HandlerContext<DavConfig>, "ledger">): Written {
  const written = new Map<string, Set<string>>();
  for (const entry of ledger) {
    const id = /^event:(.+):\d+$/.exec(entry.key)?.[1];
    if (id !== undefined)
      written.set(id, new Set([...(written.get(id) ?? []), ...fieldNamesIn(entry)]));
  }
  return written;
}

/** A day that has no end in the settings of the source ends with itself. */
function endsAt({ start, end }: Appointment): number {
  return instantOf(end ?? start) + DAY_MS;
}

function resultOf(kept: readonly Kept[]) {
  const done = kept.flatMap((one) => one.done ?? []);
  if (done.length > 0) return { done: done.join("; ").slice(0, 400) };
  const reason = kept.find((one) => one.reason !== undefined)?.reason;
  return { skipped: reason ?? "the calendar is as it should be" };
}
