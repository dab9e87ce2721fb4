import type {
  SimulatedAnswer,
  SimulatedCall,
  SimulatedRequest,
  SimulatedSystem,
  SimulatedTruth,
  SimulatorOptions,
} from "#sdk";

import { authenticate, type Clock, envelope, RateLimit } from "./api.ts";
import { copyOf, makeBooking, type SimulatedBooking } from "./booking.ts";
import { ACCOUNT, type Channel } from "./catalogue.ts";
import { shownChannel } from "./list-answers.ts";
import { Lists } from "./lists.ts";
import { Random } from "./random.ts";
import { Register } from "./register.ts";
import { showBooking } from "./show-booking.ts";
import { changeQuietly } from "./silent-change.ts";
import { STORIES } from "./stories.ts";
import { truthOf } from "./truth.ts";
import { elements } from "./write-xml.ts";

const NUMBERS_FROM_MS = Date.UTC(2025, 0, 1);
const LONGEST_START_MS = 50_000;
/** So many bookings are tried before there is nothing to change. */
const MOST_TRIES = 200;

/** One TourCMS account with its bookings. */
export class TourcmsSystem implements SimulatedSystem {
  readonly stories = [...STORIES.keys()];
  readonly calls = new Map<string, number>();
  readonly #register: Register;
  readonly #lists: Lists;
  readonly #limit: RateLimit;
  readonly #options: SimulatorOptions;
  readonly #clock: Clock;
  readonly #changes: Random;
  readonly #firstNumber: number;
  #lowestNumber: number;
  #played = 0;

  constructor(options: SimulatorOptions, clock: Clock) {
    const { seed, now, lagMs = 0, hasMovingRows = false, hourlyLimit } = options;
    this.#options = options;
    this.#clock = clock;
    this.#register = new Register(seed, lagMs);
    this.#lists = new Lists(this.#register, hasMovingRows);
    this.#limit = new RateLimit(hourlyLimit);
    this.#changes = new Random(seed * 7919);
    // Numbers rise with time, so that a later account does not reuse those of an earlier one.
    this.#firstNumber = Math.max(1, Math.floor((now - NUMBERS_FROM_MS) / 1000));
    this.#lowestNumber = this.#firstNumber;
  }

  play(story: string): Iterable<SimulatedCall> {
    const script = STORIES.get(story);
    if (!script) throw new Error(`no story "${story}", only ${this.stories.join(", ")}`);
    this.#played += 1;
    const { seed, now, clock } = this.#options;
    // Numbers of its own, so that a booking does not depend on the ones played beside it.
    const random = new Random(seed * 10_007 + this.#played);
    const startMs = clock ? clock() - LONGEST_START_MS : now;
    const terms = { ...script, clock };
    const booking = makeBooking(random, this.#firstNumber + this.#played, startMs, terms);
    return this.#calls(booking, script.tell(booking));
  }

  *#calls(booking: SimulatedBooking, events: Iterable<string>): Iterable<SimulatedCall> {
    let before: SimulatedBooking | undefined;
    for (const event of events) {
      this.#register.keep(booking, before, this.#clock.now());
      yield callOf(booking, event);
      before = copyOf(booking);
    }
  }

  populate(count: number): void {
    const from = this.#lowestNumber - count;
    if (from < 1) {
      throw new Error(`no room for ${count} numbers before ${this.#lowestNumber}: begin later`);
    }
    const nowMs = this.#clock.now();
    this.#register.populate({ from, to: this.#lowestNumber, nowMs });
    this.#lowestNumber = from;
  }

  changeSilently(): string | undefined {
    const { size } = this.#register;
    const nowMs = this.#clock.now();
    for (let tries = 0; size > 0 && tries < MOST_TRIES; tries += 1) {
      const number = this.#register.numberAt(this.#changes.between(0, size - 1)) ?? NaN;
      const booking = this.#register.find(number);
      if (!booking) continue;
      const before = copyOf(booking);
      const what = changeQuietly(booking, this.#changes, nowMs);
      if (what === undefined) continue;
      this.#register.keep(booking, before, nowMs);
      return what;
    }
    return undefined;
  }

  *truth(): Iterable<SimulatedTruth> {
    for (const booking of this.#register.all()) yield truthOf(booking);
  }

  answer(request: SimulatedRequest): SimulatedAnswer {
    const nowMs = this.#clock.now();
    const channel = authenticate(request, nowMs);
    if (typeof channel === "string") return envelope(request, channel);
    const { pathname, searchParams } = new URL(request.url, "http://simulated.example.com");
    if (pathname === "/api/rate_limit_status.xml") return this.#rateLimit(request, channel, nowMs);

    const left = this.#limit.take(channel.id, nowMs);
    const answer =
      left < 0
        ? this.#refuse(request)
        : this.#read(request, pathname, searchParams, channel, nowMs);
    return { ...answer, headers: { ...answer.headers, ...limitHeaders(this.#limit.hourly, left) } };
  }

  #refuse(request: SimulatedRequest): SimulatedAnswer {
    this.#count("refused");
    return envelope(request, "API throttle");
  }

  #read(
    request: SimulatedRequest,
    pathname: string,
    query: URLSearchParams,
    channel: Channel,
    nowMs: number,
  ): SimulatedAnswer {
    if (request.method !== "GET") return envelope(request, "FAIL_VERB");
    switch (pathname) {
      case "/c/booking/show.xml":
        this.#count("show");
        return this.#show(request, channel, Number(query.get("booking_id") ?? ""), nowMs);
      case "/c/bookings/list.xml":
        this.#count("list");
        return this.#lists.bookings(request, query, channel, nowMs);
      case "/c/booking/payment/list.xml":
        this.#count("payments");
        return this.#lists.payments(request, query, channel, nowMs);
      case "/c/channel/show.xml":
        this.#count("channel");
        return envelope(request, "OK", [shownChannel(channel)]);
      default:
        return { status: 404, body: "Not Found" };
    }
  }

  #show(
    request: SimulatedRequest,
    channel: Channel,
    number: number,
    nowMs: number,
  ): SimulatedAnswer {
    const booking = this.#register.shown(number, nowMs);
    return booking?.channel.id === channel.id
      ? envelope(request, "OK", [showBooking(booking)])
      : envelope(request, "NO MATCHING DATA");
  }

  #rateLimit(request: SimulatedRequest, channel: Channel, nowMs: number): SimulatedAnswer {
    const { hourly } = this.#limit;
    const data = elements({
      remaining_hits: this.#limit.left(channel.id, nowMs),
      hourly_limit: hourly,
      remaining_hits_post: hourly,
      hourly_limit_post: hourly,
    });
    return envelope(request, "OK", data);
  }

  #count(what: string): void {
    this.calls.set(what, (this.calls.get(what) ?? 0) + 1);
  }
}

function limitHeaders(hourly: number, left: number): Record<string, string> {
  return {
    "x-ratelimit-limit": String(hourly),
    "x-ratelimit-remaining": String(Math.max(0, left)),
  };
}

function callOf({ id, channel }: SimulatedBooking, event: string): SimulatedCall {
  const query = new URLSearchParams({
    event,
    account_id: ACCOUNT.id,
    account_name: ACCOUNT.name,
    channel_id: channel.id,
    booking_id: id,
  });
  return {
    about: `booking ${id}`,
    method: "GET",
    query: query.toString(),
    label: `booking ${id}: ${event}`,
  };
}
