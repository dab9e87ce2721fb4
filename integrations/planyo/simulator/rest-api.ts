import type { SimulatedAnswer, SimulatedRequest } from "#sdk";

import { hashOfCall } from "../hash.ts";
import { formItems } from "./payload.ts";
import { amountText, localTimeText, type Reservation } from "./reservation.ts";
import { SITE } from "./site.ts";

/** What the simulated API knows. */
export interface ApiState {
  reservations: ReadonlyMap<string, Reservation>;
  /** UTC milliseconds: the system's clock, which stands still. */
  now: number;
}

type Method = (parameters: URLSearchParams, state: ApiState) => Outcome;

interface Outcome {
  code: number;
  message: string;
  data?: unknown;
}

const METHODS: ReadonlyMap<string, Method> = new Map([
  ["get_reservation_data", aboutReservation("get_reservation_data", reservationData)],
  ["list_reservation_payments", aboutReservation("list_reservation_payments", payments)],
  ["get_site_info", () => success("get_site_info", siteInfo())],
]);

/** How much a caller's clock may be behind; the real allowance is not documented. */
const ALLOWED_DRIFT_SECONDS = 15 * 60;

/** Answers as Planyo's REST endpoint does: with HTTP 200 whatever happens. */
export function answerRest(request: SimulatedRequest, state: ApiState): SimulatedAnswer {
  const { code, message, data = null } = outcomeOf(parametersOf(request), state);
  return {
    status: 200,
    headers: { "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ data, response_code: code, response_message: message }),
  };
}

function parametersOf({ url, body }: SimulatedRequest): URLSearchParams {
  const [, query = ""] = url.split("?", 2);
  return new URLSearchParams(body.length > 0 ? body.toString("utf8") : query);
}

function outcomeOf(parameters: URLSearchParams, state: ApiState): Outcome {
  const name = parameters.get("method") ?? "";
  const method = METHODS.get(name);
  const refusal = refuse(name, parameters, state);
  if (refusal !== undefined) return { code: 1, message: refusal };
  if (method === undefined) return { code: 1, message: "Unknown method" };
  return method(parameters, state);
}

function refuse(name: string, parameters: URLSearchParams, state: ApiState): string | undefined {
  if (parameters.get("api_key") !== SITE.apiKey) return "Invalid API key";
  const timestamp = parameters.get("hash_timestamp") ?? "";
  const seconds = Math.floor(state.now / 1000);
  if (!/^\d+$/.test(timestamp) || Number(timestamp) < seconds - ALLOWED_DRIFT_SECONDS) {
    return `Invalid timestamp passed. Current timestamp is ${seconds}`;
  }
  const isRight = parameters.get("hash_key") === hashOfCall(SITE.hashKey, timestamp, name);
  return isRight ? undefined : "Invalid hash key";
}

function aboutReservation(name: string, dataOf: (reservation: Reservation) => unknown): Method {
  return (parameters, { reservations }) => {
    const id = parameters.get("reservation_id") ?? "";
    if (!/^\d+$/.test(id)) return { code: 3, message: "Invalid input data: reservation_id" };
    const reservation = reservations.get(id);
    if (!reservation) return { code: 4, message: "Reservation not found" };
    return success(name, dataOf(reservation));
  };
}

function success(name: string, data: unknown): Outcome {
  return { code: 0, message: `Method ${name} executed successfully.`, data };
}

/** Numbers now as numbers, now as text, as the real API mixes them. */
function reservationData(reservation: Reservation): unknown {
  const { guest, resource } = reservation;
  return {
    resource_id: resource.id,
    name: resource.name,
    user_id: guest.id,
    site_id: SITE.id,
    start_time: localTimeText(reservation.start),
    end_time: localTimeText(reservation.end),
    status: reservation.status,
    quantity: String(reservation.quantity),
    wants_share: "0",
    creation_time: localTimeText(reservation.madeAt),
    unit_assignment: reservation.unit,
    custom_color: "",
    user_notes: "",
    admin_notes: "",
    total_price: reservation.priceMinor / 100,
    original_price: amountText(reservation.priceMinor + reservation.discountMinor),
    amount_paid: reservation.paidMinor / 100,
    currency: SITE.currency,
    discount: amountText(reservation.discountMinor),
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
    cart_id: reservation.cartId || "0",
    properties: formItems(reservation),
    regular_products: reservation.products,
    group_products: [],
  };
}

function payments({ payments }: Reservation): unknown {
  const results = payments.map(({ amountMinor, at }, index) => ({
    payment_id: String(710_001 + index),
    amount: amountText(amountMinor),
    currency: SITE.currency,
    payment_status: "1",
    payment_time: localTimeText(at),
    payment_mode: "1",
    transaction_id: `TX-SIMULATED-${index + 1}`,
    extra_info: "",
  }));
  return { results, coupons_used: [] };
}

function siteInfo(): unknown {
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
