import type { Booking, BookingItem, LocalMoment, Money } from "#sdk";

import type { Kind, Reminder, RemindersConfig } from "./config.ts";
import { expiryMoment } from "./moments.ts";

/**
 * What templates see: nothing that the kind of mail does not need, and none of what the office
 * wrote for itself.
 */
export interface ReminderView {
  kind: Kind;
  reference: string;
  title?: string;
  guest: { name?: string };
  /** `2 Adults, 1 Child`, or a number. */
  people?: string;
  /** Of the whole booking, where no item says when it takes place. */
  when?: Period;
  items: ReminderItem[];
  meetingPoint?: string;
  whatToBring?: string;
  note?: string;
  reviewLink?: string;
  importantNote?: string;
  balance?: Money;
  /** `YYYY-MM-DD` */
  balanceDueOn?: string;
  expires?: LocalMoment;
  brand: { name: string; colour: string; footer: string };
}

export interface Period {
  start?: LocalMoment;
  end?: LocalMoment;
}

export interface ReminderItem extends Period {
  name: string;
  place?: string;
  pickup?: { name?: string; time?: string; note?: string; isOnRequest?: boolean };
}

const MAX_LENGTH = 300;

export function reminderView(
  booking: Booking,
  reminder: Reminder,
  brand: RemindersConfig["brand"],
  connectionName: string,
): ReminderView {
  const { kind, meetingPoint, whatToBring, note, reviewLink } = reminder;
  const isGuide = kind === "before" || kind === "other"; // leads the guest to the place
  const isBill = kind === "balance";
  const items = itemsOf(booking, isGuide);
  const hasTimes = items.some(({ start }) => start !== undefined);
  const name = brand.name ?? connectionName;
  return present({
    kind,
    reference: booking.reference,
    title: line(booking.title),
    guest: present({ name: guestName(booking) }),
    people: line(booking.travellersText ?? booking.travellerCount?.toString()),
    when: hasTimes || !booking.start ? undefined : periodOf(booking),
    items,
    meetingPoint,
    whatToBring,
    note,
    reviewLink,
    importantNote: isGuide ? booking.importantNote : undefined,
    balance: isBill ? booking.balance : undefined,
    balanceDueOn: isBill ? booking.balanceDueOn : undefined,
    expires: kind === "expiring" ? expiryMoment(booking) : undefined,
    brand: { name, colour: brand.colour, footer: brand.footer ?? name },
  });
}

function guestName({ customer }: Booking): string | undefined {
  const parts = [customer?.firstName, customer?.lastName].filter(Boolean).join(" ");
  return line(customer?.name ?? parts);
}

/** What guests come for; options and fees only where they have a time or a pick-up of their own. */
function itemsOf(booking: Booking, hasDetails: boolean): ReminderItem[] {
  const { items = [], title, reference } = booking;
  const main = items.filter((item) => isMain(item, items));
  const [only, ...others] = main;
  if (!only) return [{ name: shortOf(title ?? reference), ...periodOf(booking) }];
  // The only thing booked takes place when the booking does.
  const timed = others.length === 0 && !only.start ? [{ ...only, ...periodOf(booking) }] : main;
  return timed.map((item) =>
    present({
      name: shortOf(item.name),
      ...periodOf(item),
      place: hasDetails ? line(item.place) : undefined,
      pickup: hasDetails && item.pickup ? pickupOf(item.pickup) : undefined,
    }),
  );
}

function isMain(item: BookingItem, items: readonly BookingItem[]): boolean {
  const belongs = items.some(({ id }) => id === item.belongsTo && id !== item.id);
  const isExtra = belongs || item.kind === "fee";
  return !isExtra || (item.start ?? item.pickup) !== undefined;
}

function periodOf({ start, end }: { start?: LocalMoment; end?: LocalMoment }): Period {
  return present({ start, end });
}

function pickupOf({ name, time, note, isOnRequest }: NonNullable<BookingItem["pickup"]>) {
  return present({ name: line(name), time, note: line(note), isOnRequest });
}

/** Names and the like stay on one line and end somewhere, whatever was typed into a form. */
function line(text: string | undefined): string | undefined {
  return text === undefined ? undefined : shortOf(text);
}

function shortOf(text: string): string {
  const plain = text.replaceAll(/\s+/g, " ").trim();
  return plain.length > MAX_LENGTH ? `${plain.slice(0, MAX_LENGTH)}…` : plain;
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the keys that have no value: absent and empty texts are the same to a mail. */
function present<T extends object>(values: T): Present<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(entries) as Present<T>;
}
