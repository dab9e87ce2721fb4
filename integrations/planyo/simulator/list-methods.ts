import { invalid, success, type Method, type Outcome } from "./outcome.ts";
import { listedAction, listedClosure, listedPayment, listedReservation } from "./rows.ts";
import { PACKAGE, RESOURCES } from "./site.ts";
import { DAY_SECONDS, readDateTime } from "./site-clock.ts";
import { ACTION_OF } from "./action-log.ts";

const PAGE_ROWS = 500;
const CREATED = ACTION_OF["new_verified_reservation"] ?? 0;

interface Window {
  from: number;
  to: number;
}

/** @returns the name of the parameter that is missing or no time. */
function windowOf(parameters: URLSearchParams, first: string, last: string): Window | string {
  const from = readDateTime(parameters.get(first) ?? "");
  const to = readDateTime(parameters.get(last) ?? "");
  if (from === undefined) return first;
  return to === undefined ? last : { from, to };
}

/** A number from 0; undefined when it is none. */
function pageOf(parameters: URLSearchParams): number | undefined {
  const text = parameters.get("page") ?? "0";
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

export const listReservations: Method = (parameters, state) => {
  const window = windowOf(parameters, "start_time", "end_time");
  if (typeof window === "string") return invalid(window);
  const page = pageOf(parameters);
  if (page === undefined) return invalid("page");
  const order = parameters.get("list_by_creation_date") === "true" ? "made" : "start";
  const found = state.store.within(order, window.from, window.to);
  const begin = Math.max(0, page * PAGE_ROWS + (page > 0 ? state.rowsMoved() : 0));
  const detailLevel = Number(parameters.get("detail_level") ?? "1");
  const rows = found
    .slice(begin, begin + PAGE_ROWS)
    .map((reservation) => listedReservation(reservation, detailLevel));
  return success("list_reservations", { results: rows });
};

/** Its pages are not documented: it gives all there are. */
export const getReservationActions: Method = (parameters, { store }): Outcome => {
  const window = windowOf(parameters, "start_time", "end_time");
  if (typeof window === "string") return invalid(window);
  const { from, to } = window;
  const made = store
    .within("made", from, to)
    .map((reservation) => ({ reservation, type: CREATED, at: reservation.madeAt }));
  const actions = [...made, ...store.actions.within(from, to)].sort((a, b) => a.at - b.at);
  return success("get_reservation_actions", { results: actions.map(listedAction) });
};

export const listPayments: Method = (parameters, { store }) => {
  const window = windowOf(parameters, "start_date", "end_date");
  if (typeof window === "string") return invalid(window);
  const [from, to] = [window.from, window.to + DAY_SECONDS - 1];
  const results = store
    .within("paid", from, to)
    .flatMap(({ id, payments }) =>
      payments.flatMap((payment, index) =>
        payment.at >= from && payment.at <= to ? [listedPayment(payment, index, id)] : [],
      ),
    );
  return success("list_payments", { results });
};

export const listVacations: Method = (parameters, { closures }) => {
  const window = windowOf(parameters, "start_time", "end_time");
  if (typeof window === "string") return invalid(window);
  const hasSite = parameters.get("include_site_vacations") === "true";
  const results = [...closures.values()]
    .filter(({ start, end }) => start <= window.to && end >= window.from)
    .filter(({ resourceId }) => hasSite || resourceId !== undefined)
    .map(listedClosure);
  return success("list_vacations", { results });
};

/** Pages count from 0 and are of 100 (topic list_resources). */
export const listResources: Method = (parameters) => {
  const page = pageOf(parameters);
  if (page === undefined) return invalid("page");
  const all = page === 0 ? [...RESOURCES, PACKAGE] : [];
  const resources = Object.fromEntries(all.map(({ id, name }) => [id, { id, name }]));
  return success("list_resources", { resources });
};
