import type { SourceLists } from "#sdk";

import type { TourcmsConfig } from "../config.ts";
import { keyedChannels } from "../config.ts";
import { cancelled, made, starting } from "./booking-list.ts";
import { dayOf } from "./days.ts";
import { payments } from "./payment-list.ts";

/** What of TourCMS can be listed: each channel for itself, with its own key. */
export const lists: SourceLists<TourcmsConfig> = {
  // Without the account's number nothing is done: bookings of two accounts may share theirs.
  isReady: (config) => config.accountId !== undefined && keyedChannels(config).length > 0,
  parts: keyedChannels,
  starting,
  changed: [made, cancelled, payments],
  fetchOf: ({ channel }) => {
    const id = channel?.id ?? "";
    return /^[0-9]{1,12}$/.test(id) ? { channelId: id } : undefined;
  },
  // A redeemed voucher calls. Payments entered by staff do not, so no payment counts as announced.
  announced: [
    "booking.quoted",
    "booking.requested",
    "booking.confirmed",
    "booking.cancelled",
    "booking.expired",
    "booking.checked_in",
  ],
  dayOf: (epochMs, { timeZone }) => dayOf(epochMs, timeZone),
};
