import type { SimulatedAnswer, SimulatedRequest } from "#sdk";

import { BY_API } from "../callbacks.ts";
import { hashOfCall } from "../hash.ts";
import {
  getReservationActions,
  listPayments,
  listReservations,
  listResources,
  listVacations,
} from "./list-methods.ts";
import { invalid, success, type ApiState, type Method, type Outcome } from "./outcome.ts";
import type { Reservation } from "./reservation.ts";
import { reservationData, reservationPayment, siteInfo } from "./rows.ts";
import { SITE } from "./site.ts";

/** Methods, and what a count of calls names them. */
const METHODS: ReadonlyMap<string, readonly [string, Method]> = new Map([
  ["get_reservation_data", ["show", aboutReservation("get_reservation_data", reservationData)]],
  [
    "list_reservation_payments",
    ["payments", aboutReservation("list_reservation_payments", paymentsOf)],
  ],
  ["list_reservations", ["list", listReservations]],
  ["get_reservation_actions", ["actions", getReservationActions]],
  ["list_payments", ["payments", listPayments]],
  ["list_vacations", ["closures", listVacations]],
  ["list_resources", ["resources", listResources]],
  ["get_site_info", ["site", () => success("get_site_info", siteInfo())]],
  ["add_notification_callback", ["callbacks", addCallback]],
]);

/** How much a caller's clock may be behind; the real allowance is not documented. */
const ALLOWED_DRIFT_SECONDS = 15 * 60;

/** Keeps count of the calls. */
export interface CallCount {
  /** @returns false when there were too many in the last hour. */
  admit(): boolean;
  note(kind: string): void;
}

/** Answers as Planyo's REST endpoint does: with HTTP 200 whatever happens. */
export function answerRest(
  request: SimulatedRequest,
  state: ApiState,
  count: CallCount,
): SimulatedAnswer {
  const { code, message, data = null } = outcomeOf(parametersOf(request), state, count);
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

function outcomeOf(parameters: URLSearchParams, state: ApiState, count: CallCount): Outcome {
  if (!count.admit()) return { code: 5, message: "API usage limit exceeded" };
  const name = parameters.get("method") ?? "";
  const refusal = refuse(name, parameters, state);
  if (refusal !== undefined) return { code: 1, message: refusal };
  const [kind, method] = METHODS.get(name) ?? [];
  if (kind === undefined || method === undefined) return { code: 1, message: "Unknown method" };
  count.note(kind);
  return method(parameters, state);
}

function refuse(name: string, parameters: URLSearchParams, state: ApiState): string | undefined {
  if (parameters.get("api_key") !== SITE.apiKey) return "Invalid API key";
  const timestamp = parameters.get("hash_timestamp") ?? "";
  const seconds = Math.floor(state.now() / 1000);
  if (!/^\d+$/.test(timestamp) || Number(timestamp) < seconds - ALLOWED_DRIFT_SECONDS) {
    return `Invalid timestamp passed. Current timestamp is ${seconds}`;
  }
  const isRight = parameters.get("hash_key") === hashOfCall(SITE.hashKey, timestamp, name);
  return isRight ? undefined : "Invalid hash key";
}

function aboutReservation(name: string, dataOf: (reservation: Reservation) => unknown): Method {
  return (parameters, { store }) => {
    const id = parameters.get("reservation_id") ?? "";
    if (!/^\d+$/.test(id)) return invalid("reservation_id");
    const reservation = store.shown(id);
    if (!reservation) return { code: 4, message: "Reservation not found" };
    return success(name, dataOf(reservation));
  };
}

function paymentsOf({ id, payments }: Reservation): unknown {
  const results = payments.map((payment, index) => reservationPayment(payment, index, id));
  return { results, coupons_used: [] };
}

/** An empty URL deletes all of the event, as in Planyo (topic add_notification_callback). */
function addCallback(parameters: URLSearchParams, { callbacks }: ApiState): Outcome {
  const event = parameters.get("notification_name") ?? "";
  if (!BY_API.some((name) => name === event)) return invalid("notification_name");
  const url = parameters.get("callback_url") ?? "";
  callbacks.set(event, url === "" ? [] : [...(callbacks.get(event) ?? []), url]);
  return success("add_notification_callback", null);
}
