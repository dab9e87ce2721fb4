import type { Delivery, Notice, Source, SourceContext } from "#sdk";

import { addressOf } from "./address.ts";
import type { TourcmsConfig } from "./config.ts";
import { meaningOf } from "./events.ts";
import { fetchBooking } from "./fetch-booking.ts";
import { lists } from "./lists/lists.ts";
import { fieldsOf, readQuery } from "./query.ts";
import { verifyInline } from "./verify-inline.ts";

/** TourCMS calls with little more than a booking number, so every call means: look it up. */
export const source: Source<TourcmsConfig> = {
  read,
  verify: (delivery, { config }) => verifyInline(delivery, config),
  fetchBooking,
  keyOf: ({ channelId = "" }) => channelId,
  lists,
  budget: ({ hourlyLimit }) => ({ perHour: hourlyLimit, concurrency: 4 }),
};

// Only the query is read. The body of an inline call shows the booking, but nothing in it tells
// when it was signed: a copy sent again later would put an old state over the present one.
function read(delivery: Delivery, { config }: SourceContext<TourcmsConfig>): Notice[] {
  const form = readQuery(delivery.query);
  const { bookingId, channelId } = addressOf(form, config);
  const event = form.get("event") ?? "";
  const { isTemporary, ...meaning } = meaningOf(event);

  const remarks = form.conflicts.map(
    (name) => `${name} came more than once with different values; the first one counts`,
  );
  if (event === "") remarks.push("the call names no event");
  if (isTemporary) {
    remarks.push("sent before the booking is committed or cancelled; nothing to look up");
  }
  return [
    {
      subject: { kind: "booking", reference: bookingId },
      announcement: { ...meaning, native: { event, fields: fieldsOf(form) } },
      ...(isTemporary ? {} : { fetch: { channelId } }),
      ...(remarks.length === 0 ? {} : { remark: remarks.join(". ") }),
    },
  ];
}
