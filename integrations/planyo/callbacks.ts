import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { kindOf, messageOf, PermanentError, type CallbackReport, type FetchContext } from "#sdk";

import { callPlanyo } from "./client.ts";
import type { PlanyoConfig } from "./config.ts";

type Context = FetchContext<PlanyoConfig>;

/** Events that `add_notification_callback` takes (topic of that name). Its list may grow or shrink. */
export const BY_API = [
  "new_verified_reservation",
  "reservation_confirmed",
  "reservation_admin_canceled",
  "reservation_user_canceled",
  "reservation_auto_canceled",
  "reservation_admin_modified",
  "reservation_user_modified",
  "reservation_products_user_modified",
  "reservation_price_updated",
  "reservation_payment_received",
  "new_price_quotation",
  "checked_in",
  "checked_out",
  "noshow",
  "hourly",
  "coupon_payment_received",
  "user_updated",
] as const;

/** Events of the callbacks page (FAQ 222) that the API's list lacks. */
const BY_HAND = [
  "confirmed_cleared",
  "added_to_waitlist",
  "reservation_removed",
  "reservation_payment_removed",
  "coupon_payment_removed",
  "vacation_modified",
  "resource_settings_changed",
  "resource_removed",
  "before_or_after_event_1 … 6",
  "custom_button_1 … 5",
] as const;

/**
 * Adds the URL to the callbacks of every event that the API can set. An event may have several, so
 * those of other people stay.
 *
 * Whether Planyo keeps an URL twice when it is added twice is not documented, and taking it away
 * first could lose a call in between. So what has been added is remembered, and is not added again
 * until the URL is another one.
 *
 * @throws PermanentError without any call when the URL is no web address: an empty one deletes
 *   every callback of the event.
 */
export async function registerCallbacks(url: string, context: Context): Promise<CallbackReport> {
  refuseEmpty(url);
  const { config, learned } = context;
  if (config.apiKey === undefined) {
    return { registered: [], byHand: [...BY_API, ...BY_HAND], failed: [] };
  }
  const mark = createHash("sha256").update(url).digest("hex").slice(0, 16);
  const report = new Report();
  for (const event of BY_API) {
    if (learned[`callback:${event}`] === mark) report.registered.push(event);
    else if (report.closed !== undefined) report.skip(event);
    else if (await report.note(event, () => addAfterPause(event, url, context))) {
      context.learn(`callback:${event}`, mark);
    }
  }
  const { registered, refused, failed } = report;
  return { registered, byHand: [...refused, ...BY_HAND], failed };
}

function refuseEmpty(url: string): void {
  const isAddress = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (!isAddress) throw new PermanentError("not a callback URL: nothing was sent to Planyo");
}

async function addAfterPause(event: string, url: string, context: Context): Promise<void> {
  // Planyo limits API use without publishing the numbers.
  await sleep(context.config.secondsBetweenCalls * 1000, undefined, { signal: context.signal });
  const parameters = { notification_name: event, callback_url: url };
  const data = await callPlanyo("add_notification_callback", parameters, context);
  if (data === undefined) throw new PermanentError(`Planyo knows no event ${event}`);
}

class Report {
  readonly registered: string[] = [];
  /** Events that the API does not take after all. */
  readonly refused: string[] = [];
  readonly failed: { event: string; reason: string }[] = [];
  /** The event after which Planyo is left alone: a refused key or limit is the same for all. */
  closed: string | undefined;

  /** @returns whether it is set. */
  async note(event: string, set: () => Promise<void>): Promise<boolean> {
    try {
      await set();
      this.registered.push(event);
      return true;
    } catch (error) {
      if (kindOf(error) === "permanent") this.refused.push(event);
      else {
        this.failed.push({ event, reason: messageOf(error) });
        this.closed = event;
      }
      return false;
    }
  }

  skip(event: string): void {
    this.failed.push({ event, reason: `not tried after ${this.closed ?? "a failure"} failed` });
  }
}
