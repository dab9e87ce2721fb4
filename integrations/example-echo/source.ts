import {
  type BookingView,
  type Delivery,
  type EventType,
  localMoment,
  type Notice,
  parseMoney,
  PermanentError,
  type Source,
  type SourceContext,
} from "#sdk";

import type { EchoConfig } from "./config.ts";
import { EchoCall } from "./schema.ts";

const EVENTS: Readonly<Record<string, EventType>> = {
  requested: "booking.requested",
  confirmed: "booking.confirmed",
  changed: "booking.modified",
  cancelled: "booking.cancelled",
};

/** A booking system that posts JSON and has no API: the smallest there can be. */
export const echoSource: Source<EchoConfig> = {
  read(delivery: Delivery, { config }: SourceContext<EchoConfig>): Notice[] {
    const call = parse(delivery.body);
    return [
      {
        subject: { kind: "booking", reference: call.reference },
        announcement: {
          type: EVENTS[call.event] ?? "source.unknown",
          native: { event: call.event, fields: call },
        },
        view: viewOf(call, config),
      },
    ];
  },
};

function parse(body: Buffer): EchoCall {
  try {
    return EchoCall.parse(JSON.parse(body.toString("utf8")));
  } catch (cause) {
    throw new PermanentError("unreadable: not a call of the echo system", { cause });
  }
}

function viewOf(call: EchoCall, { timeZone }: EchoConfig): BookingView {
  const [date = "", time] = (call.startsAt ?? "").split("T");
  return {
    status: call.status,
    title: call.title,
    // Not in the call: nothing is said about it. Empty in the call: there is none.
    customer: call.email === undefined ? undefined : { email: call.email },
    start: call.startsAt === undefined ? undefined : localMoment(date, time, timeZone),
    totals: call.total === undefined ? undefined : { total: parseMoney(call.total, call.currency) },
    madeAt: call.madeAt,
  };
}
