import { ConfigurationError, type FormFields, PermanentError } from "#sdk";

import type { TourcmsConfig } from "./config.ts";

/** Which booking a call is about. Booking ids are unique within an account, not beyond it. */
export interface Address {
  accountId: string;
  channelId: string;
  bookingId: string;
}

/**
 * @throws PermanentError when an id is missing or no number, or when the call is for another
 *   account; ConfigurationError while the connection's account is not known.
 */
export function addressOf(form: FormFields, config: TourcmsConfig): Address {
  const address = {
    bookingId: idOf(form, "booking_id"),
    accountId: idOf(form, "account_id"),
    channelId: idOf(form, "channel_id"),
  };
  if (config.accountId === undefined) {
    throw new ConfigurationError(
      `set settings.accountId to ${address.accountId} if that is your TourCMS account: ` +
        "booking numbers mean nothing without their account",
    );
  }
  if (config.accountId !== address.accountId) {
    throw new PermanentError(
      `account ${address.accountId} is not this connection's account ${config.accountId}`,
    );
  }
  return address;
}

function idOf(form: FormFields, name: string): string {
  const value = form.get(name) ?? "";
  if (value === "") throw new PermanentError(`incomplete: ${name} is missing`);
  // Ids become part of an API path; anything else than digits never gets that far.
  if (!/^[0-9]{1,12}$/.test(value)) {
    throw new PermanentError(`unreadable: ${name} is not a number of up to 12 digits`);
  }
  return value;
}
