import type { ActiveBooking, ActiveTrouble, Activity, LocalMoment, Money } from "#sdk";

import { discreet, lineOf } from "./discreet.ts";

/** In the order in which they stand in the mail. */
export const GROUPS = ["new", "changed", "cancelled", "paid", "refunded", "needsYou"] as const;

export type GroupId = (typeof GROUPS)[number];

/** One booking in one group. */
export interface Line {
  connection: string;
  /** Absent for a call that could not be read. */
  reference?: string;
  guest?: string;
  title?: string;
  start?: LocalMoment;
  /** What the booking costs, or in the groups about money what came or went. */
  amount?: Money;
  /** How the booking stands now; only where nothing else says what happened. */
  status?: string;
  /** What happened, newest last. */
  notes: Note[];
  /** How many older notes are left out. */
  olderNotes: number;
  isPaymentFailed?: true;
}

export interface Note {
  text: string;
  times: number;
}

type Told = ActiveBooking["events"][number];

/** Of one booking; the newest. */
const MAX_NOTES = 3;
const MAX_REASON = 240;

const ENDINGS = ["booking.cancelled", "booking.expired", "booking.removed"];

/** What stands in which group. A booking stands in a group once, and may stand in several. */
export function linesOf({ bookings, troubles }: Activity): Map<GroupId, Line[]> {
  const lines = new Map<GroupId, Line[]>(GROUPS.map((id) => [id, []]));
  for (const booking of bookings) {
    for (const { group, line } of linesOfBooking(booking)) lines.get(group)?.push(line);
  }
  const known = new Map(bookings.map((booking) => [placeOf(booking), booking]));
  lines.get("needsYou")?.push(...troubleLines(troubles, known));
  return lines;
}

function linesOfBooking(booking: ActiveBooking): { group: GroupId; line: Line }[] {
  const { events, isNew } = booking;
  const steps = events.filter(({ type }) => type.startsWith("booking."));
  const endings = steps.filter(({ type }) => ENDINGS.includes(type));
  const last = steps.at(-1);
  const isEnded = last !== undefined && endings.includes(last);
  const isMore = steps.length > endings.length;
  const groups: Partial<Record<GroupId, readonly Told[]>> = {
    ...(isNew && isMore && { new: steps.slice(0, booking.booking ? 0 : 1) }),
    // Of a booking that has ended nobody needs to know what it was changed to before.
    ...(!isNew && isMore && !isEnded && { changed: steps }),
    ...(isEnded && { cancelled: endings }),
    ...paymentGroups(events),
  };
  return GROUPS.flatMap((group) => {
    const told = groups[group];
    return told ? [{ group, line: bookingLine(group, booking, told) }] : [];
  });
}

function paymentGroups(events: readonly Told[]): Partial<Record<GroupId, readonly Told[]>> {
  const of = (...types: string[]) => events.filter(({ type }) => types.includes(type));
  const groups = {
    paid: of("payment.received"),
    refunded: of("payment.refunded", "payment.removed"),
    needsYou: of("payment.failed"),
  };
  return Object.fromEntries(Object.entries(groups).filter(([, told]) => told.length > 0));
}

function bookingLine(group: GroupId, active: ActiveBooking, told: readonly Told[]): Line {
  const { booking } = active;
  const isMoney = told.some(({ type }) => type.startsWith("payment."));
  const amount = isMoney ? sumOf(told) : booking?.totals?.total;
  return {
    ...aboutOf(active),
    ...(amount && { amount }),
    ...(group === "new" && booking && { status: booking.status }),
    ...(group === "needsYou" && { isPaymentFailed: true }),
    ...notesOf(told.flatMap(({ summary }) => newsIn(summary, active))),
  };
}

/** The sentence about a booking that is seen for the first time says what its line says anyway. */
function newsIn(summary: string, { isNew, events, booking }: ActiveBooking): string[] {
  const isKnown = isNew && booking !== undefined && summary === events[0]?.summary;
  const text = isKnown ? undefined : discreet(summary);
  return text === undefined ? [] : [text];
}

function aboutOf({ connection, reference, booking }: ActiveBooking) {
  const { customer } = booking ?? {};
  const names = [customer?.firstName, customer?.lastName].filter(Boolean).join(" ");
  const guest = lineOf(customer?.name ?? names);
  const title = lineOf(booking?.title);
  return {
    connection,
    reference: lineOf(reference) ?? reference,
    ...(guest !== undefined && { guest }),
    ...(title !== undefined && { title }),
    ...(booking?.start && { start: booking.start }),
  };
}

/** Without a sign: the group says which way it went. Absent when there is no one sum. */
function sumOf(told: readonly Told[]): Money | undefined {
  const amounts = told.map(({ payment }) => payment?.amount);
  const [first] = amounts;
  if (!first || amounts.some((amount) => amount?.currency !== first.currency)) return undefined;
  const amountMinor = amounts.reduce((sum, amount) => sum + Math.abs(amount?.amountMinor ?? 0), 0);
  return { amountMinor, currency: first.currency };
}

/** One line for each booking, however much went wrong with it. */
function troubleLines(
  troubles: readonly ActiveTrouble[],
  known: ReadonlyMap<string, ActiveBooking>,
): Line[] {
  const places = new Map<string, ActiveTrouble[]>();
  for (const trouble of troubles) {
    const place = placeOf({ ...trouble, reference: trouble.subject ?? "" });
    places.set(place, [...(places.get(place) ?? []), trouble]);
  }
  return [...places].flatMap(([place, own]) => {
    const [first] = own;
    if (!first) return [];
    const { connection, subject } = first;
    const booking = known.get(place);
    const reference = lineOf(subject);
    const about = booking ? aboutOf(booking) : { connection, ...(reference && { reference }) };
    return [{ ...about, ...notesOf(own.flatMap(({ reason }) => reasonIn(reason))) }];
  });
}

/** The heading has said already that it needs somebody. */
function reasonIn(reason: string): string[] {
  const text = lineOf(reason.replace(/^needs you: /, ""), MAX_REASON);
  return text === undefined ? [] : [`${text.charAt(0).toUpperCase()}${text.slice(1)}`];
}

function placeOf({ connection, reference }: Pick<ActiveBooking, "connection" | "reference">) {
  return JSON.stringify([connection, reference]);
}

/** @param texts Newest last. */
function notesOf(texts: readonly string[]): Pick<Line, "notes" | "olderNotes"> {
  const times = new Map<string, number>();
  for (const text of texts) times.set(text, (times.get(text) ?? 0) + 1);
  const notes = [...times].map(([text, count]) => ({ text, times: count }));
  const shown = notes.slice(-MAX_NOTES);
  return { notes: shown, olderNotes: notes.length - shown.length };
}
