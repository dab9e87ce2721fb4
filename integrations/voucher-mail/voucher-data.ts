import type { Booking, BookingItem, Money, Ticket, Traveller } from "#sdk";

/**
 * What a voucher prints, and nothing else: the hash of this decides whether the guest has to get a
 * new one. Notes the office wrote for itself are not in it, so no template can print them.
 */
export interface VoucherData {
  reference: string;
  title?: string;
  guest: { name?: string; phone?: string; company?: string };
  travellers: string[];
  /** `2 Adults, 1 Child`, or a number. */
  people?: string;
  items: VoucherItem[];
  /** Absent where the reader must not see prices. */
  prices?: VoucherPrices;
  agent?: { name?: string; reference?: string };
  notes?: string;
  importantNote?: string;
  tickets: VoucherTicket[];
  barcode?: string;
  voucherUrl?: string;
}

export interface VoucherItem {
  name: string;
  start?: BookingItem["start"];
  end?: BookingItem["end"];
  quantity?: string;
  place?: string;
  unitName?: string;
  pickup?: { name?: string; time?: string; note?: string; isOnRequest?: boolean };
  supplierReference?: string;
  note?: string;
  answers: { question: string; answer: string }[];
  links: { label: string; url: string }[];
  price?: Money;
  /** Options and fees that belong to it. */
  extras: VoucherItem[];
}

export interface VoucherPrices {
  total?: Money;
  paid?: Money;
  balance?: Money;
  balanceDueOn?: string;
}

export interface VoucherTicket extends Ticket {
  item: string;
  isQr: boolean;
}

// A row of the voucher's table cannot continue on the next page, so texts in it have to end
// somewhere. With these, a row of the widest letters still fits.
const MAX_NAME = 300;
const MAX_NOTE = 1_200;
const MAX_NOTE_LINES = 24;

/** @param hasPrices Whether the reader may see prices. */
export function voucherData(booking: Booking, hasPrices: boolean): VoucherData {
  const listed = booking.items?.length ? booking.items : [wholeAsItem(booking)];
  const items = groups(listed).map(({ item, extras }, _, { length }) => ({
    ...voucherItem(length === 1 ? withTimes(item, booking) : item, hasPrices),
    extras: extras.map((extra) => voucherItem(extra, hasPrices)),
  }));
  return present({
    reference: booking.reference,
    title: line(booking.title),
    guest: guestOf(booking),
    travellers: (booking.travellers ?? []).flatMap(travellerName),
    people: line(booking.travellersText ?? booking.travellerCount?.toString()),
    items,
    prices: hasPrices ? pricesOf(booking) : undefined,
    agent: booking.agent
      ? present({ name: line(booking.agent.name), reference: line(booking.agent.reference) })
      : undefined,
    notes: booking.notes,
    importantNote: booking.importantNote,
    tickets: listed.flatMap(ticketsOf),
    barcode: booking.barcode,
    voucherUrl: isWebLink(booking.voucherUrl) ? booking.voucherUrl : undefined,
  });
}

/** The guest's whole name, however the source gives it. */
function guestName({ customer }: Booking): string | undefined {
  return line(customer?.name ?? wholeName(customer));
}

function wholeName(person?: { firstName?: string; lastName?: string }): string {
  return [person?.firstName, person?.lastName].filter(Boolean).join(" ");
}

function guestOf(booking: Booking): VoucherData["guest"] {
  return present({
    name: guestName(booking),
    phone: line(booking.customer?.phone),
    company: line(booking.company),
  });
}

function travellerName(traveller: Traveller): string[] {
  const name = line(traveller.name ?? wholeName(traveller));
  return name ? [name] : [];
}

/** A source that knows no items books one thing: the trip itself. */
function wholeAsItem(booking: Booking): BookingItem {
  return present({
    id: "whole",
    name: booking.title ?? booking.reference,
    start: booking.start,
    end: booking.end,
    price: booking.totals?.total,
  });
}

/** The only thing booked takes place when the booking does. */
function withTimes(item: BookingItem, { start, end }: Booking): BookingItem {
  return item.start || !start ? item : { ...item, start, ...(end ? { end } : {}) };
}

/** Items with everything that belongs to them, however deep, listed under the topmost one. */
function groups(items: readonly BookingItem[]): { item: BookingItem; extras: BookingItem[] }[] {
  const top = items.map((item) => topOf(item, items));
  return items
    .filter((item, index) => top[index] === item)
    .map((item) => ({
      item,
      extras: items.filter((other, index) => other !== item && top[index] === item),
    }));
}

/** An item whose owner is missing, or that belongs to itself in a circle, stands for itself. */
function topOf(item: BookingItem, items: readonly BookingItem[]): BookingItem {
  const seen = new Set([item]);
  let top = item;
  for (;;) {
    const owner = items.find(({ id }) => id === top.belongsTo && id !== top.id);
    if (!owner) return top;
    if (seen.has(owner)) return item;
    seen.add(owner);
    top = owner;
  }
}

function voucherItem(item: BookingItem, hasPrices: boolean): VoucherItem {
  return present({
    name: shortName(item.name),
    start: item.start,
    end: item.end,
    quantity: shortOf(item.quantityText ?? item.quantity?.toString()),
    place: shortOf(item.place),
    unitName: shortOf(item.unitName),
    pickup: item.pickup ? pickupOf(item.pickup) : undefined,
    supplierReference: shortOf(item.supplierReference),
    note: item.note === undefined ? undefined : noteText(item.note),
    answers: (item.answers ?? []).map(({ question, answers }) => ({
      question: shortName(question),
      answer: noteText(answers.join(", ")),
    })),
    links: (item.links ?? []).flatMap(({ label, url }) =>
      isWebLink(url) ? [{ label: shortName(label ?? url), url }] : [],
    ),
    price: hasPrices ? item.price : undefined,
    extras: [],
  });
}

function pickupOf({ name, time, note, isOnRequest }: NonNullable<BookingItem["pickup"]>) {
  return present({ name: shortOf(name), time, note: shortOf(note), isOnRequest });
}

function pricesOf({ totals, balance, balanceDueOn }: Booking): VoucherPrices {
  return present({ total: totals?.total, paid: totals?.paid, balance, balanceDueOn });
}

function ticketsOf(item: BookingItem): VoucherTicket[] {
  return (item.tickets ?? []).map((ticket) => ({
    ...ticket,
    item: shortName(item.name),
    isQr: item.ticketFormat === "qr",
  }));
}

/** Links go into mails and documents: nothing but the web is linked, whatever a booking says. */
function isWebLink(url: string | undefined): boolean {
  return url !== undefined && /^https?:\/\/[^\s"<>]+$/i.test(url);
}

/** Names and the like stay on one line, whatever was typed into a form. */
function line(text: string | undefined): string | undefined {
  return text?.replaceAll(/\s+/g, " ").trim();
}

function shortOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : shortName(text);
}

function shortName(text: string): string {
  return cut(line(text) ?? "", MAX_NAME);
}

function noteText(text: string): string {
  const lines = text.trim().split(/\s*\n\s*/);
  const kept = lines.slice(0, MAX_NOTE_LINES).join("\n");
  return cut(lines.length > MAX_NOTE_LINES ? `${kept}…` : kept, MAX_NOTE);
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the keys that have no value: absent and empty texts are the same to a voucher. */
function present<T extends object>(values: T): Present<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(entries) as Present<T>;
}
