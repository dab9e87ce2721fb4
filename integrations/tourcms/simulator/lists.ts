import type { SimulatedRequest, SimulatedAnswer } from "#sdk";

import { envelope } from "./api.ts";
import type { SimulatedBooking } from "./booking.ts";
import type { Channel } from "./catalogue.ts";
import { firstDay, lastDay, localDay } from "./days.ts";
import { listedBooking, listedPayment } from "./list-answers.ts";
import type { DayKind, Days, Register } from "./register.ts";
import { element } from "./write-xml.ts";

const MOST_BOOKINGS = 250;
const MOST_PAYMENTS = 1000;

interface DateFilter {
  name: string;
  kind?: DayKind;
  dayOf: (booking: SimulatedBooking) => string | undefined;
}

/** The first of them that is given is looked up by day, the others are then tried one by one. */
const FILTERS: readonly DateFilter[] = [
  { name: "made_date", kind: "made", dayOf: ({ madeMs }) => localDay(madeMs) },
  {
    name: "cancel_date",
    kind: "cancelled",
    dayOf: ({ cancelled }) => cancelled && localDay(cancelled.atMs),
  },
  { name: "start_date", kind: "starting", dayOf: firstDay },
  { name: "end_date", dayOf: lastDay },
];

/** The list calls of the API. */
export class Lists {
  readonly #register: Register;
  readonly #hasMovingRows: boolean;
  #calls = 0;

  constructor(register: Register, hasMovingRows: boolean) {
    this.#register = register;
    this.#hasMovingRows = hasMovingRows;
  }

  /** List Bookings of a channel. */
  bookings(request: SimulatedRequest, query: URLSearchParams, channel: Channel, nowMs: number) {
    const numbers = this.#moved(this.#matching(query, channel.id, nowMs));
    const page = pageOf(numbers, query, MOST_BOOKINGS);
    const rows = page.flatMap((number) => {
      const booking = this.#register.shown(number, nowMs);
      return booking ? [listedBooking(booking)] : [];
    });
    return listAnswer(request, rows, {
      list: "bookings",
      totalName: "total_bookings_count",
      total: numbers.length,
    });
  }

  /** List Payments of a channel; those of today unless days are given. */
  payments(request: SimulatedRequest, query: URLSearchParams, channel: Channel, nowMs: number) {
    const today = localDay(nowMs);
    const days = { from: query.get("from_date") ?? today, to: query.get("to_date") ?? today };
    const found = this.#moved(this.#register.paymentsOn(channel.id, days, nowMs));
    const rows = pageOf(found, query, MOST_PAYMENTS).flatMap(({ number, day, nth }) => {
      const booking = this.#register.shown(number, nowMs);
      const payment = booking?.payments.filter(({ atMs }) => localDay(atMs) === day)[nth];
      return booking && payment ? [listedPayment(payment, booking)] : [];
    });
    return listAnswer(request, rows, {
      list: "payments",
      totalName: "total_payments",
      total: found.length,
    });
  }

  #matching(query: URLSearchParams, channelId: string, nowMs: number): number[] {
    const given = FILTERS.flatMap((filter) => {
      const days = daysOf(query, filter.name);
      return days ? [{ ...filter, days }] : [];
    });
    const first = given.find(({ kind }) => kind !== undefined);
    const all = { from: "0000", to: "9999" };
    const numbers = first?.kind
      ? this.#register.numbersOn(first.kind, channelId, first.days, nowMs)
      : this.#register.numbersOn("made", channelId, all, nowMs);
    const others = given.filter((filter) => filter !== first);
    const wanted = query.get("booking_id");
    const named = wanted === null ? numbers : numbers.filter((number) => String(number) === wanted);
    if (others.length === 0) return named;
    return named.filter((number) => {
      const booking = this.#register.shown(number, nowMs);
      return booking && others.every(({ days, dayOf }) => isOn(dayOf(booking), days));
    });
  }

  /** Each call finds the rows one further on, as if the first had become the last meanwhile. */
  #moved<T>(rows: T[]): T[] {
    this.#calls += 1;
    if (!this.#hasMovingRows || rows.length === 0) return rows;
    const by = this.#calls % rows.length;
    return [...rows.slice(by), ...rows.slice(0, by)];
  }
}

function daysOf(query: URLSearchParams, name: string): Days | undefined {
  const from = query.get(`${name}_start`);
  const to = query.get(`${name}_end`);
  return from === null && to === null ? undefined : { from: from ?? "0000", to: to ?? "9999" };
}

function isOn(day: string | undefined, { from, to }: Days): boolean {
  return day !== undefined && from <= day && day <= to;
}

function pageOf<T>(rows: readonly T[], query: URLSearchParams, most: number): readonly T[] {
  const size = Math.min(Number(query.get("per_page") ?? most), most);
  const start = (Number(query.get("page") ?? 1) - 1) * size;
  return rows.slice(start, start + size);
}

function listAnswer(
  request: SimulatedRequest,
  rows: readonly string[],
  { list, totalName, total }: { list: string; totalName: string; total: number },
): SimulatedAnswer {
  if (rows.length === 0) return envelope(request, "NO MATCHING DATA");
  return envelope(request, "OK", [element(totalName, total), element(list, rows)]);
}
