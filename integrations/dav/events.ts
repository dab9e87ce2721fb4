import { PermanentError } from "#sdk";
import { type Appointment, uidOf } from "#sdk/calendar";
import {
  type CrmContext,
  type CrmObject,
  fieldsToWrite,
  type Fields,
  type Known,
  type Put,
  type Remote,
} from "#sdk/crm";

import type { DavConfig } from "./config.ts";
import { collectionOf } from "./discover.ts";
import { CALENDAR, eventFields, OF_THE_BOOKING } from "./event-fields.ts";
import { CalendarEvent } from "./event.ts";
import { create, edit, EVENT, read, remove } from "./resource.ts";

/** An event as it is to be. */
export interface Wanted {
  id: string;
  /** Absent: the booking has no such part any more, so the event is cancelled where it is. */
  appointment?: Appointment;
  /** Whose booking it is. */
  person: string;
}

type Context = CrmContext<DavConfig>;

/** Appointments, one event each. */
export const events: CrmObject<Wanted, DavConfig> = {
  fields: ({ appointment, person }) =>
    appointment ? eventFields(appointment, person) : { STATUS: "CANCELLED" },

  async find(wanted, context) {
    const url = await urlOf(wanted, context);
    return url !== undefined && (await read(url, context)) ? { externalId: url } : undefined;
  },

  async put(put, context) {
    const url = await urlOf(put.thing, context);
    if (!put.known) return make(url, put, context);
    if (url === undefined || isBeside(put.known.externalId, url)) {
      return edit(put.known.externalId, (text) => changed(text, put, context), EVENT, context);
    }
    return move(url, put, put.known, context);
  },
};

/** Where an event of ours is; undefined: nobody knows any more in which calendar. */
async function urlOf({ id, appointment }: Wanted, context: Context): Promise<string | undefined> {
  if (!appointment) return undefined;
  const { url } = await collectionOf("calendar", appointment.calendar, context);
  return `${url}${uidOf(id)}.ics`;
}

function isBeside(one: string, other: string): boolean {
  return new URL(".", one).href === new URL(".", other).href;
}

async function make(url: string | undefined, { thing, fields }: Put<Wanted>, context: Context) {
  // Part of the booking no more, and of the calendar neither: there is nothing to cancel.
  if (url === undefined) return { refused: "neither booked nor in a calendar any more" };
  const event = CalendarEvent.make(uidOf(thing.id));
  write(event, fields);
  return create(url, event.toText(context.clock.now()), EVENT, context);
}

/**
 * Another calendar's from now on, with all that the office has written into it. There first and
 * then away here, so that at no moment it is nowhere.
 */
async function move(
  url: string,
  put: Put<Wanted>,
  { externalId: from }: Known,
  context: Context,
): Promise<Remote | "gone"> {
  const there = await read(from, context);
  // Deleted by the office, or an earlier try came so far: then it is found at its new place.
  if (!there) return "gone";
  const text = changed(there.text, put, context) ?? there.text;
  const remote = (await read(url, context))
    ? await edit(url, () => text, EVENT, context)
    : await create(url, text, EVENT, context);
  await remove(from, context);
  return remote;
}

function changed(text: string, put: Put<Wanted>, { config, clock }: Context): string | undefined {
  const event = CalendarEvent.parse(text);
  if (!event) throw new PermanentError("what is in the calendar under our name is no event");
  const changes = changesOf(put, event, config);
  if (Object.keys(changes).length === 0) return undefined;
  write(event, changes);
  return event.toText(clock.now());
}

function changesOf(
  { fields, known }: Pick<Put<Wanted>, "fields" | "known">,
  event: CalendarEvent,
  config: DavConfig,
): Fields {
  const there = Object.fromEntries(Object.keys(fields).map((name) => [name, event.get(name)]));
  const changes = fieldsToWrite({ fields, ...(known && { known }) }, there, config);
  // Moved or cancelled since it was written: that counts, even where the office had moved it itself.
  const news = OF_THE_BOOKING.filter((name) => {
    const value = fields[name];
    return value !== undefined && value !== there[name] && known?.isEdited(name, value);
  });
  const ofTheBooking = news.map((name) => [name, fields[name] ?? ""] as const);
  const all = { ...changes, ...Object.fromEntries(ofTheBooking) };
  return Object.fromEntries(Object.entries(all).filter(([name]) => name !== CALENDAR));
}

function write(event: CalendarEvent, fields: Fields): void {
  for (const [name, value] of Object.entries(fields)) {
    if (name !== CALENDAR) event.set(name, value);
  }
}
