import { z } from "zod";

import {
  BOOKING_STATUSES,
  type BookingView,
  defineIntegration,
  type Delivery,
  type EventType,
  type FetchContext,
  type Notice,
  PermanentError,
  RetryableError,
  type SourceContext,
} from "bellhop/sdk";

const Config = z.strictObject({
  apiBaseUrl: z.string().optional().describe("Where bookings are looked up; absent: calls are all"),
});

type Config = z.output<typeof Config>;

const State = z.object({
  reference: z.string(),
  /** Counts the states of a booking, so that a lost or an old one can be told. */
  sequence: z.number().int(),
  status: z.enum(BOOKING_STATUSES),
});

const Call = State.extend({ event: z.string() });

const EVENTS: Readonly<Record<string, EventType>> = {
  requested: "booking.requested",
  confirmed: "booking.confirmed",
  changed: "booking.modified",
  cancelled: "booking.cancelled",
};

/** After the connections' `since`: every booking is news, whatever the clocks say. */
const MADE_AT = "2026-01-01T00:00:00Z";

function read({ body }: Delivery, { config }: SourceContext<Config>): Notice[] {
  const { event, ...state } = parse(Call, body);
  const subject = { kind: "booking" as const, reference: state.reference };
  const native = { event, fields: state };
  // As the two kinds of real ones: "something changed, look", or the whole state and what happened.
  if (config.apiBaseUrl !== undefined) return [{ subject, announcement: { native }, fetch: {} }];
  const type = EVENTS[event] ?? "source.unknown";
  return [{ subject, announcement: { type, native }, view: viewOf(state) }];
}

async function fetchBooking(
  reference: string,
  _: unknown,
  { config, http, signal }: FetchContext<Config>,
): Promise<BookingView | undefined> {
  const url = `${config.apiBaseUrl ?? ""}/bookings/${encodeURIComponent(reference)}`;
  const { status, body } = await http.send({ url, signal, timeoutMs: 3_000 });
  if (status === 404) return undefined;
  if (status !== 200) throw new RetryableError(`the booking system answered ${status}`);
  return viewOf(parse(State, body));
}

function parse<T>(schema: z.ZodType<T>, body: Buffer): T {
  try {
    return schema.parse(JSON.parse(body.toString("utf8")));
  } catch (cause) {
    throw new PermanentError("unreadable: not of the chaos system", { cause });
  }
}

function viewOf({ reference, sequence, status }: z.output<typeof State>): BookingView {
  return {
    status,
    customer: { email: `${reference}@example.com` },
    custom: { sequence: String(sequence) },
    madeAt: MADE_AT,
  };
}

/** A booking system whose calls carry a number, so that afterwards all can be proven. */
export default defineIntegration({
  manifest: { id: "chaos-source", name: "Chaos: booking system" },
  config: Config,
  source: { read, fetchBooking, budget: () => ({ perHour: 1_000_000, concurrency: 8 }) },
});
