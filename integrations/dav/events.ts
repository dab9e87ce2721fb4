import { PermanentError, RetryableError } from "#sdk";
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
import { collectionOf, isOnOurServer } from "./discover.ts";
import { eventFields, isProperty, OF_THE_BOOKING } from "./event-fields.ts";
import { CalendarEvent } from "./event.ts";
import { create, edit, EVENT, read, removeAsRead, type Resource } from "./resource.ts";

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
    const { externalId } = put.known;
    if (url === undefined || isBeside(externalId, url)) {
      return edit(externalId, (text) => changed(text, put, context), EVENT, context);
    }
    return move(url, put, put.known, context);
  },

  isReachable: ({ externalId }, context) => isOnOurServer("calendar", externalId, context),
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
  const text = nextVersion(there.text, put, context);
  const remote = (await read(url, context))
    ? await edit(url, () => text, EVENT, context)
    : await create(url, text, EVENT, context);
  if (!(await removeAsRead(there, context))) await expectMoved(there, url, context);
  return remote;
}

/**
 * It is not as it was read any more. One calendar may have two addresses, as `remote.php/caldav` and
 * `remote.php/dav` of Nextcloud: then what has changed it are we, and there is nothing to take away.
 *
 * @throws RetryableError when it was somebody else: whoever looks again takes their change along.
 */
async function expectMoved({ url: from }: Resource, url: string, context: Context): Promise<void> {
  const old = await read(from, context);
  if (!old || old.text === (await read(url, context))?.text) return;
  throw new RetryableError("somebody else has changed it while it was moved: looking again");
}

function changed(text: string, put: Put<Wanted>, context: Context): string | undefined {
  const changes = changesOf(put, parsed(text), context.config);
  return Object.keys(changes).length === 0 ? undefined : nextVersion(text, put, context);
}

/** Also where nothing is changed, so that what was written can be told from what was there. */
function nextVersion(text: string, put: Put<Wanted>, { config, clock }: Context): string {
  const event = parsed(text);
  write(event, changesOf(put, event, config));
  return event.toText(clock.now());
}

function parsed(text: string): CalendarEvent {
  const event = CalendarEvent.parse(text);
  if (!event) throw new PermanentError("what is in the calendar under our name is no event");
  return event;
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
  return Object.fromEntries(Object.entries(all).filter(([name]) => isProperty(name)));
}

function write(event: CalendarEvent, fields: Fields): void {
  for (const [name, value] of Object.entries(fields)) {
    if (isProperty(name)) event.set(name, value);
  }
}
