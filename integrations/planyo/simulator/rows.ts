import { formItems } from "./payload.ts";
import { amountText, type PaymentMade, type Reservation } from "./reservation.ts";
import { SITE } from "./site.ts";
import { localTimeText } from "./site-clock.ts";
import type { Action } from "./action-log.ts";
import type { Closure } from "./closures.ts";

// Numbers now as numbers, now as text, as the real API mixes them.

type Data = Readonly<Record<string, unknown>>;

/** `data` of `get_reservation_data`. */
export function reservationData(reservation: Reservation): Data {
  return {
    ...identity(reservation),
    status: reservation.status,
    quantity: String(reservation.quantity),
    wants_share: "0",
    creation_time: localTimeText(reservation.madeAt),
    ...pricing(reservation),
    ...person(reservation),
    properties: formItems(reservation),
    regular_products: reservation.products,
    group_products: [],
  };
}

const WITH_FORM_ITEMS = 2;
const WITH_PRICES = 4;

/** A row of `list_reservations`: shorter, and with names of its own for some things. */
export function listedReservation(reservation: Reservation, detailLevel: number): Data {
  return {
    reservation_id: reservation.id,
    ...identity(reservation),
    status: String(reservation.status),
    quantity: String(reservation.quantity),
    creation_date: localTimeText(reservation.madeAt),
    night_reservation: reservation.resource.hours.days > 1 ? "1" : "0",
    currency: SITE.currency,
    ...person(reservation),
    ...((detailLevel & WITH_PRICES) !== 0 && pricing(reservation)),
    ...((detailLevel & WITH_FORM_ITEMS) !== 0 && { properties: formItems(reservation) }),
  };
}

function identity(reservation: Reservation): Data {
  const { guest, resource } = reservation;
  return {
    resource_id: resource.id,
    name: resource.name,
    user_id: guest.id,
    site_id: SITE.id,
    start_time: localTimeText(reservation.start),
    end_time: localTimeText(reservation.end),
    unit_assignment: reservation.unit,
    custom_color: "",
    user_notes: "",
    admin_notes: "",
    cart_id: reservation.cartId || "0",
  };
}

function pricing(reservation: Reservation): Data {
  return {
    total_price: reservation.priceMinor / 100,
    original_price: amountText(reservation.priceMinor + reservation.discountMinor),
    amount_paid: reservation.paidMinor / 100,
    currency: SITE.currency,
    discount: amountText(reservation.discountMinor),
  };
}

function person({ guest }: Reservation): Data {
  return {
    email: guest.email,
    first_name: guest.firstName,
    last_name: guest.lastName,
    address: guest.street,
    city: guest.city,
    zip: guest.postcode,
    state: guest.state,
    country: guest.country,
    phone_number: guest.phone,
    mobile_number: "",
  };
}

/** A row of `list_reservation_payments`. */
export function reservationPayment(payment: PaymentMade, index: number, id: string): Data {
  return {
    payment_id: paymentId(id, index),
    amount: amountText(payment.amountMinor),
    currency: SITE.currency,
    payment_status: "1",
    payment_time: localTimeText(payment.at),
    payment_mode: payment.mode,
    transaction_id: payment.mode === "1" ? `TX-SIMULATED-${index + 1}` : "",
    extra_info: "",
  };
}

/** A row of `list_payments`. */
export function listedPayment(payment: PaymentMade, index: number, id: string): Data {
  return {
    payment_id: paymentId(id, index),
    payment_date: localTimeText(payment.at),
    site_id: SITE.id,
    reservation_id: id,
    payment_mode_id: payment.mode,
    payment_mode: payment.mode === "1" ? "Paypal" : "Offline (cash)",
    amount: amountText(payment.amountMinor),
    currency: SITE.currency,
    status: "1",
    transaction_id: payment.mode === "1" ? `TX-SIMULATED-${index + 1}` : "",
  };
}

function paymentId(reservation: string, index: number): string {
  return `${reservation}${String(index + 1).padStart(2, "0")}`;
}

/** A row of `get_reservation_actions`. */
export function listedAction({ reservation, type, at }: Action): Data {
  return {
    moderator: "",
    moderator_id: null,
    event_type: type,
    time: localTimeText(at),
    comments: "",
    reservation_id: reservation.id,
    resource_id: reservation.resource.id,
    resource_name: reservation.resource.name,
  };
}

/** A row of `list_vacations`. */
export function listedClosure({ id, resourceId, start, end }: Closure): Data {
  return {
    vacation_id: id,
    resource_id: resourceId ?? "0",
    site_id: SITE.id,
    start_time: localTimeText(start),
    end_time: localTimeText(end),
    type: "1",
    recurrence_type: "one-time",
    quantity: "all",
    comment: "",
  };
}

/** `data` of `get_site_info`. */
export function siteInfo(): Data {
  return {
    name: SITE.name,
    category: "12",
    online_payment_surcharge: "0",
    email: "hola@example.com",
    admin_id: "40001",
    timezone: SITE.timeZone,
    default_language: "CA",
    properties: { city: "Vic" },
    custom_resource_properties: [],
    photos: [],
  };
}
