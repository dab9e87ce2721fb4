import { type BookingView, type FetchContext, PermanentError } from "#sdk";

import { bookingView } from "./booking-view.ts";
import { callApi } from "./client.ts";
import type { TourcmsConfig } from "./config.ts";
import { childOf, isFilled, textOf } from "./fields.ts";
import type { XmlElement } from "./xml.ts";

/** Show Booking. */
export async function fetchBooking(
  reference: string,
  how: Readonly<Record<string, string>>,
  context: FetchContext<TourcmsConfig>,
): Promise<BookingView | undefined> {
  const channelId = how["channelId"] ?? "";
  if (!/^[0-9]{1,12}$/.test(reference) || !/^[0-9]{1,12}$/.test(channelId)) {
    throw new PermanentError("a booking is looked up by its number and its channel's number");
  }
  const path = `/c/booking/show.xml?booking_id=${reference}`;
  const root = await callApi(path, channelId, context);
  if (root === undefined) return undefined;

  const { config, log } = context;
  const booking = childOf(root, "booking");
  if (booking === undefined) throw new PermanentError(`TourCMS shows no booking ${reference}`);
  checkIdentity(booking, reference, config);
  const view = bookingView(booking, config.timeZone);
  if (view.status === undefined) log.warn({ reference }, "TourCMS shows a status we do not know");
  return view;
}

/** Another booking's data under this booking's number would reach the wrong guest. */
function checkIdentity(booking: XmlElement, reference: string, config: TourcmsConfig): void {
  const shown = textOf(booking, "booking_id");
  if (shown !== reference) {
    throw new PermanentError(`asked TourCMS for booking ${reference}, got another one`);
  }
  const accountId = textOf(booking, "account_id");
  if (isFilled(accountId) && config.accountId !== undefined && accountId !== config.accountId) {
    throw new PermanentError(
      `booking ${reference} came from another account than ${config.accountId}`,
    );
  }
}
