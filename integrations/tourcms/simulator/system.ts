import type {
  SimulatedAnswer,
  SimulatedCall,
  SimulatedRequest,
  SimulatedSystem,
  SimulatorOptions,
} from "#sdk";

import { authenticate, type Clock, envelope, HOURLY_LIMIT, RateLimit } from "./api.ts";
import { makeBooking, type SimulatedBooking } from "./booking.ts";
import { ACCOUNT, type Channel } from "./catalogue.ts";
import { Random } from "./random.ts";
import { showBooking } from "./show-booking.ts";
import { STORIES } from "./stories.ts";
import { elements } from "./write-xml.ts";

const NUMBERS_FROM_MS = Date.UTC(2025, 0, 1);

/** One TourCMS account with its bookings. */
export class TourcmsSystem implements SimulatedSystem {
  readonly stories = [...STORIES.keys()];
  readonly #bookings = new Map<string, SimulatedBooking>();
  readonly #limit = new RateLimit();
  readonly #seed: number;
  readonly #startMs: number;
  readonly #clock: Clock;
  readonly #firstNumber: number;
  #played = 0;

  constructor({ seed, now }: SimulatorOptions, clock: Clock) {
    this.#seed = seed;
    this.#startMs = now;
    // Numbers rise with time, so that a later account does not reuse those of an earlier one.
    this.#firstNumber = Math.max(1, Math.floor((now - NUMBERS_FROM_MS) / 1000));
    this.#clock = clock;
  }

  play(story: string): Iterable<SimulatedCall> {
    const script = STORIES.get(story);
    if (!script) throw new Error(`no story "${story}", only ${this.stories.join(", ")}`);
    this.#played += 1;
    // Numbers of its own, so that a booking does not depend on the ones played beside it.
    const random = new Random(this.#seed * 10_007 + this.#played);
    const booking = makeBooking(random, this.#firstNumber + this.#played, this.#startMs, script);
    return this.#calls(booking, script.tell(booking));
  }

  *#calls(booking: SimulatedBooking, events: Iterable<string>): Iterable<SimulatedCall> {
    for (const event of events) {
      this.#bookings.set(booking.id, booking);
      yield callOf(booking, event);
    }
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
        ? envelope(request, "API throttle")
        : this.#show(request, channel, pathname, searchParams.get("booking_id") ?? "");
    return { ...answer, headers: { ...answer.headers, ...limitHeaders(left) } };
  }

  #show(
    request: SimulatedRequest,
    channel: Channel,
    pathname: string,
    bookingId: string,
  ): SimulatedAnswer {
    if (pathname !== "/c/booking/show.xml") return { status: 404, body: "Not Found" };
    if (request.method !== "GET") return envelope(request, "FAIL_VERB");
    const booking = this.#bookings.get(bookingId);
    return booking?.channel.id === channel.id
      ? envelope(request, "OK", [showBooking(booking)])
      : envelope(request, "NO MATCHING DATA");
  }

  #rateLimit(request: SimulatedRequest, channel: Channel, nowMs: number): SimulatedAnswer {
    const data = elements({
      remaining_hits: this.#limit.left(channel.id, nowMs),
      hourly_limit: HOURLY_LIMIT,
      remaining_hits_post: HOURLY_LIMIT,
      hourly_limit_post: HOURLY_LIMIT,
    });
    return envelope(request, "OK", data);
  }
}

function limitHeaders(left: number): Record<string, string> {
  return {
    "x-ratelimit-limit": String(HOURLY_LIMIT),
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
