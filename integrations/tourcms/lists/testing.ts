import type { BookingList, ListPage, SimulatedAnswer, SimulatedRequest } from "#sdk";
import { fetchContext, memoryLog, testClock, vendorServer } from "#sdk/testing";

import type { TourcmsConfig } from "../config.ts";
import { config, fixture } from "../testing.ts";

export const NOW = Date.UTC(2026, 2, 2, 13, 20);
export const DAYS = { from: "2026-03-14", to: "2026-03-15" };
export const TODAY = { since: NOW - 3_600_000, until: NOW };

interface Read {
  page: ListPage;
  requests: readonly SimulatedRequest[];
  lines: readonly string[];
}

/** One page of a list, from a server that gives this answer whatever is asked. */
export async function readFrom<Window>(
  list: BookingList<TourcmsConfig, Window>,
  window: Window,
  answer: SimulatedAnswer | string,
  { page = 0, part = "51234" } = {},
): Promise<Read> {
  const server = await vendorServer(() =>
    typeof answer === "string" ? { status: 200, body: answer } : answer,
  );
  const log = memoryLog();
  const context = fetchContext(config({ apiBaseUrl: server.url }), { log, clock: testClock(NOW) });
  try {
    const read = await list.read({ window, part, page }, context);
    return { page: read, requests: server.requests, lines: log.lines };
  } finally {
    await server.close();
  }
}

export const withRows = (rows: string, total = "") =>
  `<response><error>OK</error>${total}<bookings>${rows}</bookings></response>`;
export const row = (elements: string, id = "1201") =>
  `<booking><booking_id>${id}</booking_id><account_id>90001</account_id>${elements}</booking>`;
export const twoPages = fixture("lists/bookings_two_pages_1.xml");
export const listOfPayments = fixture("lists/payments.xml");
