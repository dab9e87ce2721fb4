import { bookingList } from "../queries/bookings.ts";
import { deliveryList } from "../queries/deliveries.ts";
import { effectList } from "../queries/effects.ts";
import { eventList } from "../queries/events.ts";
import { incidentList } from "../queries/incidents.ts";
import { jobList, type JobRow } from "../queries/jobs.ts";
import {
  type MomentJob,
  occurrenceFilters,
  occurrenceList,
  type OccurrenceRow,
} from "../queries/occurrences.ts";
import { replayList } from "../queries/replay-list.ts";
import { NO_CONNECTION } from "../sdk/booking-event.ts";
import { formatAmount, type Money } from "../sdk/money.ts";
import { localText } from "../sdk/time.ts";
import type { Cells } from "./table.ts";
import { type ListTable, listTable, viewOf } from "./list-table.ts";
import { withBellhop, withStore } from "./open.ts";
import { pauseNotes } from "./pause-notes.ts";

const ofDeliveries = listTable(
  deliveryList,
  ["ID", "RECEIVED", "CONNECTION", "STATE", "SUBJECT", "REASON"],
  (row): Cells => [
    row.id,
    minute(row.receivedAt),
    row.connection,
    row.state,
    row.subject ?? "",
    row.reason ?? "",
  ],
);

const ofEvents = listTable(
  eventList,
  ["TIME", "CONNECTION", "TYPE", "SUBJECT", "SUMMARY"],
  (event): Cells => [
    minute(Date.parse(event.time)),
    event.connection,
    event.type,
    event.subject,
    event.summary,
  ],
);

const ofBookings = listTable(
  bookingList,
  ["CONNECTION", "REFERENCE", "STATUS", "START", "CUSTOMER", "TOTAL", "TITLE"],
  (booking): Cells => [
    booking.connection,
    booking.reference,
    booking.status,
    booking.start ? localText(booking.start).replace("T", " ") : "",
    nameOf(booking.customer),
    booking.totals?.total ? moneyText(booking.totals.total) : "",
    booking.title ?? "",
  ],
);

const jobCells = (row: JobRow): Cells => [
  row.id,
  row.handler,
  row.subject,
  row.state,
  String(row.attempts),
  row.reason ?? "",
];

/** A job in line does not say itself why it does not run. */
const ofJobs: ListTable = {
  name: jobList.name,
  filters: jobList.filters,
  read: (shell, query) =>
    withStore(shell, async ({ db }) => {
      const view = await viewOf(db, jobList, query, [
        ["ID", "HANDLER", "SUBJECT", "STATE", "TRIES", "REASON"],
        jobCells,
      ]);
      return { ...view, notes: await pauseNotes(db, view.rows) };
    }),
};

const ofEffects = listTable(
  effectList,
  ["AT", "SUBJECT", "HANDLER", "KEY", "STATE", "SUMMARY"],
  (row): Cells => [
    minute(row.at),
    `${row.connection}/${row.subject}`,
    row.handler,
    row.key,
    row.progress ?? row.state,
    row.summary ?? "",
  ],
);

const occurrenceCells = (row: OccurrenceRow): Cells => [
  minute(row.dueAt),
  row.schedule,
  row.connection === NO_CONNECTION ? "" : `${row.connection}/${row.subject}`,
  row.state,
  row.jobs.length > 0 ? row.jobs.map(momentJobWords).join("; ") : (row.reason ?? ""),
];

function momentJobWords({ handler, state, reason }: MomentJob): string {
  if (state === "ready" || state === "leased") return `${handler} is about to run`;
  return state === "done" ? (reason ?? handler) : `${state}: ${reason ?? handler}`;
}

/** What is planned says when it goes off in the words of the configuration. */
const ofOccurrences: ListTable = {
  name: "occurrences",
  filters: occurrenceFilters,
  read: (shell, query) =>
    withBellhop(shell, ({ db, timetable }) =>
      viewOf(db, occurrenceList(timetable), query, [
        ["DUE", "SCHEDULE", "SUBJECT", "STATE", "WHY, OR WHAT CAME OF IT"],
        occurrenceCells,
      ]),
    ),
};

const ofReplays = listTable(
  replayList,
  ["ID", "BEGUN", "KIND", "STATE", "IN LINE", "FILTERS"],
  (row): Cells => [
    row.id,
    minute(row.createdAt),
    row.kind,
    row.state,
    `${row.moved}/${row.count}`,
    Object.entries(row.filters)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(" "),
  ],
);

const ofIncidents = listTable(
  incidentList,
  ["OPENED", "CLOSED", "NAME", "REASON"],
  (row): Cells => [
    minute(row.openedAt),
    row.closedAt === null ? "" : minute(row.closedAt),
    row.name,
    row.reason,
  ],
);

export const LIST_TABLES: readonly ListTable[] = [
  ofDeliveries,
  ofEvents,
  ofBookings,
  ofJobs,
  ofEffects,
  ofOccurrences,
  ofReplays,
  ofIncidents,
];

/** In UTC, and says so: whoever reads may sit elsewhere than the server. */
export function minute(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace("T", " ")}Z`;
}

export function nameOf(
  customer: { name?: string; firstName?: string; lastName?: string } = {},
): string {
  const { name, firstName, lastName } = customer;
  return name ?? [firstName, lastName].filter((part) => part !== undefined).join(" ");
}

function moneyText(money: Money): string {
  return `${formatAmount(money)} ${money.currency}`;
}
