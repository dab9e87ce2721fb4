import {
  type BookingList,
  type BookingView,
  type DayWindow,
  type FetchContext,
  kindOf,
  type ListPage,
  type ListQuestion,
  type TimeWindow,
} from "#sdk";

import type { TourcmsConfig } from "../config.ts";
import { dayOf, daysOf } from "./days.ts";
import { fetchOfRow, readRows, type Row } from "./read-rows.ts";
import { rowView } from "./row-view.ts";

/** List Bookings. It has no filter by change, and shows what is cancelled like all else. */
const LIST_BOOKINGS = {
  path: "/c/bookings/list.xml",
  perPage: 250,
  totalName: "total_bookings_count",
  listName: "bookings",
  rowName: "booking",
};

type Context = FetchContext<TourcmsConfig>;

export const starting: BookingList<TourcmsConfig, DayWindow> = {
  id: "starting",
  read: (question, context) => readBookings("start_date", question, context),
};

export const made: BookingList<TourcmsConfig, TimeWindow> = byMoment("made", "made_date");

export const cancelled: BookingList<TourcmsConfig, TimeWindow> = byMoment(
  "cancelled",
  "cancel_date",
);

function byMoment(id: string, filter: string): BookingList<TourcmsConfig, TimeWindow> {
  return {
    id,
    read: ({ window, ...place }, context) =>
      readBookings(filter, { ...place, window: daysOf(window, context.config.timeZone) }, context),
  };
}

async function readBookings(
  filter: string,
  { window, ...place }: ListQuestion<DayWindow>,
  context: Context,
): Promise<ListPage> {
  const filters = { [`${filter}_start`]: window.from, [`${filter}_end`]: window.to };
  const { rows, ...page } = await readRows(LIST_BOOKINGS, filters, place, context);
  return {
    ...page,
    bookings: rows.map((row) => {
      const view = viewOf(row, context);
      return {
        reference: row.reference,
        fetch: fetchOfRow(row, place.part, context.config),
        ...(view && { view }),
      };
    }),
  };
}

/** A row that cannot be read must not hide the others. It still says that there is a booking. */
function viewOf(
  { reference, element }: Row,
  { config, clock, log }: Context,
): BookingView | undefined {
  const { timeZone } = config;
  try {
    return rowView(element, { timeZone, today: dayOf(clock.now(), timeZone) });
  } catch (error) {
    if (kindOf(error) !== "permanent") throw error;
    log.warn({ reference }, "a row of TourCMS' list cannot be read; only its number counts");
    return undefined;
  }
}
