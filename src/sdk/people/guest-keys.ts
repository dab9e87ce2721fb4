import { guestCode } from "../billing-codes.ts";
import type { GuestKeys, Person } from "../people.ts";

export function guestKeysOf({ id, email, phone, isEmailShared, bookings }: Person): GuestKeys {
  return {
    ...{ person: id, isEmailShared, billingCodes: [...new Set(bookings.map(guestCode))] },
    ...(email !== undefined && email !== "" && { email }),
    ...(phone !== undefined && phone !== "" && { phone }),
  };
}
