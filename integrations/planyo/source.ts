import { PermanentError, type Delivery, type Notice, type Source, type SourceContext } from "#sdk";

import { announcementOf } from "./announcement.ts";
import { fetchBooking, isReservationId } from "./api-view.ts";
import { readFields } from "./body.ts";
import { isTimestamp, withLearned } from "./calibration.ts";
import { registerCallbacks } from "./callbacks.ts";
import type { PlanyoConfig } from "./config.ts";
import { isStandardItem } from "./custom-items.ts";
import { kindOfEvent, type About, type NativeEventKind } from "./events.ts";
import type { Fields } from "./fields.ts";
import { planyoLists } from "./lists/lists.ts";
import { otherSubject } from "./other-subjects.ts";
import { viewOfPayload } from "./reservation-payload.ts";
import { Remarks } from "./remarks.ts";

export const planyoSource: Source<PlanyoConfig> = {
  read,
  fetchBooking,
  lists: planyoLists,
  registerCallbacks,
  // Planyo limits API use (code 5) without publishing the numbers, so both are settings.
  clock: ({ timers }) => timers,
  budget: ({ hourlyLimit, secondsBetweenCalls }) => ({
    perHour: hourlyLimit,
    concurrency: 1,
    spacingMs: secondsBetweenCalls * 1000,
  }),
};

/** One notification is about one thing. */
export function read(delivery: Delivery, context: SourceContext<PlanyoConfig>): Notice[] {
  const config = withLearned(context.config, context.learned);
  const fields = readFields(delivery);
  refuseOtherSites(fields, config);
  const remarks = new Remarks();
  const kind = kindOfEvent(fields.text("notification_type") ?? "");
  if (!kind.type) remarks.note("incomplete: no notification_type");
  remarks.repeated(...fields.conflicts.filter(isStandardItem));

  const notice = noticeOf(kind, fields, config, remarks);
  const fetch = notice.fetch && howToFetch(fields, context.config);
  const remark = remarks.toString();
  return [{ ...notice, ...(fetch && { fetch }), ...(remark && { remark }) }];
}

/** The look that follows a call compares the call's number with the API's text. */
function howToFetch(fields: Fields, { timestamps }: PlanyoConfig): Record<string, string> {
  const start = fields.text("start");
  return timestamps === "auto" && isTimestamp(start) ? { start } : {};
}

const OWN_TIMERS = "left out: this connection's timers are Bellhop's own (timers: own)";

function noticeOf(
  kind: NativeEventKind,
  fields: Fields,
  config: PlanyoConfig,
  remarks: Remarks,
): Notice {
  const announced = announcementOf(kind, fields, config, remarks);
  const isLeftOut = kind.type === "booking.timer" && config.timers === "own";
  const announcement = isLeftOut ? { ...announced, leftOut: OWN_TIMERS } : announced;
  const about = aboutOf(kind, fields);
  if (about !== "booking") {
    const { customer, ...other } = otherSubject(about, fields);
    return { ...other, announcement: { ...announcement, ...(customer && { customer }) } };
  }

  const reference = referenceOf(fields.text("reservation"));
  const view = viewOfPayload(fields, config, remarks);
  // Not worth a call to the API. The next notification shows the state.
  if (isLeftOut && config.apiKey !== undefined) {
    return { subject: { kind: "booking", reference }, announcement };
  }
  const isFetchable = config.apiKey !== undefined && !kind.isRemoval;
  return {
    subject: { kind: "booking", reference },
    announcement,
    // The bits of a deleted reservation are those it had before.
    view: kind.isRemoval ? { ...view, status: "removed" } : view,
    ...(isFetchable && { fetch: {} }),
  };
}

/** An event we do not know is about the reservation it names; one without a name must name one. */
function aboutOf(kind: NativeEventKind, fields: Fields): About {
  const isAboutBooking = !kind.type || fields.text("reservation") !== undefined;
  return kind.about === "unknown" && isAboutBooking ? "booking" : kind.about;
}

function referenceOf(reservation: string | undefined): string {
  if (reservation === undefined) throw new PermanentError("incomplete: no reservation");
  if (isReservationId(reservation)) return reservation;
  throw new PermanentError("unreadable: the reservation is not a number");
}

/** Reservations of two sites could share a number, and their money an account. */
function refuseOtherSites(fields: Fields, { siteId }: PlanyoConfig): void {
  const named = fields.text("calendar") ?? fields.text("site_id");
  if (siteId === undefined || named === undefined || named === siteId) return;
  throw new PermanentError(`site ${named.slice(0, 20)} is not this connection's site ${siteId}`);
}
