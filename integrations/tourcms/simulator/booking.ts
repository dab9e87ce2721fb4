import type { Agent } from "#sdk";

import { AGENT, type Channel, CHANNELS, type Product } from "./catalogue.ts";
import { type Guest, GUESTS } from "./guests.ts";
import type { Random } from "./random.ts";

/** Amounts are in the smallest unit of the channel's currency. */
export interface Line {
  id: string;
  linkedTo: string;
  productId: string;
  code: string;
  dateType: "departure" | "option" | "fee";
  name: string;
  quantity: number;
  rule: "PERSON" | "GROUP";
  rateText: string;
  unitMinor: number;
  taxPercent: number;
  isRedeemed: boolean;
}

export interface SimulatedPayment {
  atMs: number;
  amountMinor: number;
  type: string;
  reference: string;
}

export interface Person {
  id: string;
  firstName: string;
  lastName: string;
  ageGroup: "a" | "c";
}

/** A booking inside the simulated TourCMS; its story changes it as it goes. */
export interface SimulatedBooking {
  readonly id: string;
  readonly channel: Channel;
  readonly product: Product;
  guest: Guest;
  people: readonly Person[];
  /** Days from the day it was made to its first day. */
  leadDays: number;
  readonly lines: readonly Line[];
  readonly agent: Required<Pick<Agent, "id" | "name" | "code" | "reference">> | undefined;
  readonly madeBy: "web" | "staff";
  readonly madeMs: number;
  /** Where time passes outside; else it passes as the story wants it. */
  readonly clock?: (() => number) | undefined;
  /** When it was last changed, UTC milliseconds. */
  nowMs: number;
  status: 0 | 1 | 2;
  confirmedMs?: number;
  expiresMs?: number;
  cancelled?: { reason: number; text: string; atMs: number };
  payments: SimulatedPayment[];
}

export interface Terms {
  madeBy: "web" | "staff";
  isThroughAgent: boolean;
  clock?: (() => number) | undefined;
}

export function makeBooking(
  random: Random,
  number: number,
  startMs: number,
  terms: Terms,
): SimulatedBooking {
  const id = String(number);
  const channel = random.pick(CHANNELS);
  const product = random.pick(channel.products);
  const guest = random.pick(GUESTS);
  const adults = random.between(1, 3);
  const children = random.happens(0.4) ? random.between(1, 2) : 0;
  const madeMs = startMs + random.between(1, 50) * 1000;
  return {
    id,
    channel,
    product,
    guest,
    people: peopleOf(id, guest, adults, children),
    leadDays: random.between(3, 120),
    lines: linesOf(id, product, adults, children, random.happens(0.4)),
    agent: terms.isThroughAgent ? { ...AGENT, reference: `SST/${id}/"W"` } : undefined,
    madeBy: terms.madeBy,
    madeMs,
    clock: terms.clock,
    nowMs: madeMs,
    status: 0,
    payments: [],
  };
}

function peopleOf(id: string, guest: Guest, adults: number, children: number): Person[] {
  return Array.from({ length: adults + children }, (_, index) => ({
    id: `7${id}${index}`,
    // TourCMS makes blank customers where nobody gave a name.
    firstName: index === 0 ? guest.firstName : (guest.companions[index - 1] ?? ""),
    lastName: index === 0 || guest.companions[index - 1] !== undefined ? guest.lastName : "",
    ageGroup: index < adults ? "a" : "c",
  }));
}

function linesOf(
  id: string,
  product: Product,
  adults: number,
  children: number,
  isWithOption: boolean,
): Line[] {
  const tour = {
    linkedTo: "",
    productId: product.id,
    code: product.code,
    dateType: "departure",
    name: product.name,
    rule: "PERSON",
    taxPercent: product.taxPercent,
    isRedeemed: false,
  } as const;
  const adultLine: Line = {
    ...tour,
    id: `8${id}1`,
    quantity: adults,
    rateText: counted(adults, "Adult", "Adults"),
    unitMinor: product.adultMinor,
  };
  const childLine: Line = {
    ...tour,
    id: `8${id}2`,
    quantity: children,
    rateText: counted(children, "Child", "Children"),
    unitMinor: product.childMinor,
  };
  const lines = children > 0 ? [adultLine, childLine] : [adultLine];
  return isWithOption && product.option
    ? [...lines, optionLine(`8${id}3`, adultLine, product.option)]
    : lines;
}

function optionLine(id: string, tour: Line, option: NonNullable<Product["option"]>): Line {
  return {
    id,
    linkedTo: tour.id,
    productId: option.id,
    code: "",
    dateType: "option",
    name: option.name,
    quantity: 1,
    rule: "GROUP",
    rateText: "",
    unitMinor: option.priceMinor,
    taxPercent: 0,
    isRedeemed: false,
  };
}

export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

export function totalMinor({ lines }: SimulatedBooking): number {
  return lines.reduce((sum, line) => sum + line.quantity * line.unitMinor, 0);
}

export function paidMinor({ payments }: SimulatedBooking): number {
  return payments.reduce((sum, payment) => sum + payment.amountMinor, 0);
}

/** Moves a booking's time on to its next change. TourCMS tells changes apart by the second. */
export function pass(booking: SimulatedBooking): void {
  booking.nowMs = booking.clock
    ? Math.max(booking.clock(), booking.nowMs + 1000)
    : booking.nowMs + 95_000;
}

export function balanceMinor(booking: SimulatedBooking): number {
  return totalMinor(booking) - paidMinor(booking);
}

/** A payment at the booking's own time; negative when money goes back. */
export function addPayment(booking: SimulatedBooking, amountMinor: number, type: string): void {
  const reference = `${amountMinor < 0 ? "re" : "ch"}_sim_${booking.id}_${booking.payments.length + 1}`;
  booking.payments.push({ atMs: booking.nowMs, amountMinor, type, reference });
}

/** As it is now; what changes it later does not change this. */
export function copyOf(booking: SimulatedBooking): SimulatedBooking {
  return {
    ...booking,
    lines: booking.lines.map((line) => ({ ...line })),
    payments: [...booking.payments],
  };
}
