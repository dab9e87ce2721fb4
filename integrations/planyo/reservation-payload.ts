import type { BookingView } from "#sdk";

import type { Shown } from "./amounts.ts";
import type { PlanyoConfig } from "./config.ts";
import { customerProperties, customItems } from "./custom-items.ts";
import type { Fields } from "./fields.ts";
import type { Remarks } from "./remarks.ts";
import { bookingView, type ReservationFacts } from "./reservation-view.ts";

/** What every reservation notification has (Planyo FAQ 222) and no reservation is without. */
const EXPECTED = [
  "status",
  "start",
  "end",
  "resource",
  "currency",
  "price_quoted",
  "amount_paid",
] as const;

/** Reads the reservation out of a notification's own fields. */
export function viewOfPayload(fields: Fields, config: PlanyoConfig, remarks: Remarks): BookingView {
  const missing = EXPECTED.filter((name) => fields.text(name) === undefined);
  remarks.missing(...missing);
  return bookingView(factsOf(fields, missing.length === 0), config, remarks);
}

/**
 * @param isComplete False when the body lacks what no reservation is without. Then its empty
 *   fields prove nothing, and must not wipe out what is known.
 */
function factsOf(fields: Fields, isComplete: boolean): ReservationFacts {
  const show = shower(fields, isComplete);
  return {
    ...customerFacts(fields, isComplete),
    status: fields.text("status"),
    siteId: fields.text("calendar") ?? fields.text("site_id"),
    resourceId: fields.text("resource"),
    resourceName: fields.text("resource_name"),
    isPackage: fields.list("package_contents").length > 0,
    unitName: show("unit_assignment"),
    quantity: fields.text("count"),
    start: fields.text("start"),
    end: fields.text("end"),
    madeAt: fields.text("creation_date"),
    currency: fields.text("currency"),
    total: fields.text("price_quoted"),
    beforeDiscount: fields.text("price_no_discount"),
    discount: fields.text("discount"),
    paid: fields.text("amount_paid"),
    outstanding: fields.text("amount_outstanding"),
    cartId: show("cart_id"),
    custom: customItems(fields, isComplete),
  };
}

/** The fields about the person, which `user_updated` has as well. */
export function customerFacts(fields: Fields, isComplete: boolean): ReservationFacts {
  const show = shower(fields, isComplete);
  return {
    customerId: fields.text("user") ?? fields.text("user_id"),
    firstName: show("first_name"),
    lastName: show("last_name"),
    email: show("email"),
    phone: show("phone"),
    country: show("country"),
    street: show("address"),
    city: show("city"),
    postcode: show("zip"),
    state: show("state"),
    customerCustom: customerProperties(fields),
  };
}

function shower(fields: Fields, isComplete: boolean): (name: string) => Shown<string> {
  return (name) => fields.shown(name) ?? (isComplete && fields.has(name) ? null : undefined);
}
