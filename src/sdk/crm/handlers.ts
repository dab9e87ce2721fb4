import type { Booking } from "../booking.ts";
import type { BookingEventType } from "../booking-event.ts";
import type { HandlerContext } from "../context.ts";
import type { Handler, HandlerResult, Integration } from "../integration.ts";
import type { Person } from "../people.ts";
import { contactOf } from "./contact-of.ts";
import { companyOf, dealOf } from "./deal-of.ts";
import { eraseIfKnown, keeperOf } from "./erase.ts";
import { keep, type Kept } from "./keep.ts";
import { writeNote } from "./notes.ts";
import type { CrmSettings } from "./settings.ts";
import { takeOff } from "./take-off.ts";
import type { CrmTarget } from "./target.ts";

/** Everything that changes who a guest is, what is booked, or how far it is. */
const TYPES: readonly BookingEventType[] = [
  "booking.quoted",
  "booking.requested",
  "booking.confirmed",
  "booking.unconfirmed",
  "booking.modified",
  "booking.cancelled",
  "booking.expired",
  "booking.waitlisted",
  "booking.checked_in",
  "booking.checked_out",
  "booking.no_show",
  "booking.removed",
];

export const CONTACT = "contact";
export const DEAL = "deal";

/** What a CRM integration consists of, whatever keeps its contacts. */
export function crmParts<Config extends CrmSettings>(
  target: CrmTarget<Config>,
): Required<Pick<Integration<Config>, "handlers" | "people">> {
  const hasDeals = "deals" in target || "companies" in target || "note" in target;
  const handlers = [contactHandler(target), ...(hasDeals ? [dealHandler(target)] : [])];
  const limit = limitOf(target, handlers.length);
  return {
    people: keeperOf(target),
    handlers: handlers.map((handler) => ({ ...handler, ...limit })),
  };
}

function contactHandler<Config extends CrmSettings>(target: CrmTarget<Config>): Handler<Config> {
  return {
    id: CONTACT,
    kind: "mirror",
    on: TYPES,
    scope: ({ booking }, keys) => `person:${keys.person(booking)}`,
    only: "latest",
    // One act of the office makes several calls.
    settle: "5s",
    async handle(event, context) {
      const people = await context.people.touchedBy(event);
      const kept: Kept[] = [];
      for (const person of people) kept.push(await keepPerson(target, person, context));
      return resultOf(kept, "the contact is as it should be");
    },
  };
}

function dealHandler<Config extends CrmSettings>(target: CrmTarget<Config>): Handler<Config> {
  return {
    id: DEAL,
    kind: "mirror",
    on: TYPES,
    only: "latest",
    // Later than the contact, which is mostly there by then.
    settle: "10s",
    async handle(event, context) {
      const { current } = context;
      if (!current) return { skipped: "the booking has been erased" };
      const person = await context.people.of(current);
      // Made here too when it is not there yet: a deal without its guest would be nobody's.
      const contact = await keepPerson(target, person, context);
      const company = await keepCompany(target, current, context);
      const ids = { ...idAs("contactId", contact), ...idAs("companyId", company) };
      const deal = await keepDeal(target, current, ids, context);
      const note = await writeNote(target, event, { contact, deal }, context);
      return resultOf([contact, company, deal, note], "the deal is as it should be");
    },
  };
}

/** The other side's limits hold for all handlers together. */
function limitOf<Config>({ atOnce = 2, perMinute }: CrmTarget<Config>, handlers: number) {
  const each = Math.max(1, Math.floor(atOnce / handlers));
  return {
    // One process writes for all, so as many as the target takes run there.
    concurrency: each,
    limit: {
      atOnce: each,
      ...(perMinute !== undefined && { perMinute: Math.max(1, Math.floor(perMinute / handlers)) }),
    },
  };
}

async function keepPerson<Config extends CrmSettings>(
  target: CrmTarget<Config>,
  person: Person,
  context: HandlerContext<Config>,
): Promise<Kept> {
  // Their only booking is somebody else's meanwhile: nothing new is known of them.
  if (person.bookings.length === 0) return { reason: "has no booking any more" };
  const contact = contactOf(person, context.config, context.clock.now());
  // Blank after it was known: the source has erased the guest, and so does whoever it was told to.
  if (!contact) return eraseIfKnown(target, person, context);
  const isHeld = target.contacts.fields(contact, context.config) !== undefined;
  if (!isHeld && contact.consent === "no") return takeOff(target, person.id, context);
  const keeping = { id: person.id, thing: contact, object: target.contacts, words: "contact" };
  return keep({ ...keeping, kind: "contact" }, context);
}

async function keepCompany<Config extends CrmSettings>(
  { companies }: CrmTarget<Config>,
  booking: Booking,
  context: HandlerContext<Config>,
): Promise<Kept> {
  const company = companies && companyOf(booking);
  if (!company) return {};
  const keeping = { id: company.key, thing: company, object: companies, words: "agent" };
  return keep({ ...keeping, kind: "company" }, context);
}

async function keepDeal<Config extends CrmSettings>(
  { deals }: CrmTarget<Config>,
  booking: Booking,
  ids: { contactId?: string; companyId?: string },
  context: HandlerContext<Config>,
): Promise<Kept> {
  if (!deals || !context.config.deals) return {};
  const deal = dealOf(booking, context.config, ids);
  const words = `deal of booking ${booking.reference}`;
  return keep({ kind: "deal", id: deal.key, thing: deal, object: deals, words }, context);
}

function idAs<Name extends string>(name: Name, { externalId }: Kept): { [K in Name]?: string } {
  return (externalId === undefined ? {} : { [name]: externalId }) as { [K in Name]?: string };
}

function resultOf(kept: readonly Kept[], nothing: string): HandlerResult {
  const done = kept.flatMap((one) => one.done ?? []);
  if (done.length > 0) return { done: done.join("; ").slice(0, 400) };
  return { skipped: kept.find(({ reason }) => reason !== undefined)?.reason ?? nothing };
}
