import type { PeopleContext, PeopleKeeper, PersonRef } from "#sdk";
import { crmParts } from "#sdk/crm";

import type { DavConfig } from "./config.ts";
import { collectionOf } from "./discover.ts";
import { CalendarEvent } from "./event.ts";
import { edit, EVENT } from "./resource.ts";
import { searchEvents } from "./search.ts";
import { davTarget } from "./target.ts";

type Context = PeopleContext<DavConfig>;

const KEY = "events:";
const ofContacts = crmParts(davTarget).people;

/** A guest who is erased goes out of the address book, and out of the texts of all events. */
export const people: PeopleKeeper<DavConfig> = {
  ...ofContacts,
  async erase(person, context) {
    const count = await eraseFromEvents(person, context);
    const result = await ofContacts.erase(person, context);
    return "skipped" in result && count > 0 ? { done: `Erased from ${eventsOf(count)}` } : result;
  },
};

async function eraseFromEvents(person: PersonRef, context: Context): Promise<number> {
  const urls = new Set(await Promise.all(calendarsOf(context)));
  if (urls.size === 0) return 0;
  let count = 0;
  await context.effect(keyOf(context), {
    plan: "take the guest out of the calendars",
    // Done twice it does no harm.
    find: () => Promise.resolve(undefined),
    perform: async () => {
      for (const url of urls) count += await eraseFrom(url, person, context);
      return { summary: `Took the guest out of ${eventsOf(count)}` };
    },
  });
  return count;
}

function eventsOf(count: number): string {
  return count === 1 ? "1 event" : `${count} events`;
}

function calendarsOf(context: Context): Promise<string>[] {
  const { calendarUrl, calendars } = context.config;
  const given = [calendarUrl, ...calendars.map(({ url }) => url)];
  return given
    .filter((url) => url !== undefined)
    .map(async (url) => (await collectionOf("calendar", url, context)).url);
}

/** Somebody who is erased twice has been a guest again in between. */
function keyOf({ ledger }: Context): string {
  const all = ledger.filter(({ key }) => key.startsWith(KEY));
  const last = all.at(-1);
  return last && last.state !== "done" ? last.key : `${KEY}${all.length + 1}`;
}

/** The event stays where it is: something takes place, whoever comes. */
async function eraseFrom(calendar: string, { id }: PersonRef, context: Context): Promise<number> {
  const urls = await searchEvents(calendar, "X-BELLHOP-PERSON", id, context);
  for (const url of urls) await edit(url, (text) => blanked(text, context), EVENT, context);
  return urls.length;
}

function blanked(text: string, { clock }: Context): string | undefined {
  const event = CalendarEvent.parse(text);
  if (!event) return undefined;
  event.blank("Booking of an erased guest");
  return event.toText(clock.now());
}
