import type { z } from "zod";

import { bookingList } from "../../src/queries/bookings.ts";
import { deliveryList } from "../../src/queries/deliveries.ts";
import { effectList } from "../../src/queries/effects.ts";
import { eventList } from "../../src/queries/events.ts";
import { jobList } from "../../src/queries/jobs.ts";
import type { List } from "../../src/queries/list.ts";
import { occurrenceList, type OccurrenceRow } from "../../src/queries/occurrences.ts";
import { reconciliationList } from "../../src/queries/reconciliations.ts";
import { Timetable } from "../../src/schedule/timetable.ts";
import { MINUTE, NOON, type Rows } from "./rows.ts";

/** One list, a value for each of its filters, and what the filter means, said once more. */
export interface ListCase {
  list: List<z.ZodRawShape, unknown>;
  /** Several choices of a filter: common and rare values, and one that no row has. */
  values: Readonly<Record<string, readonly string[]>>;
  /** Names of the rows that meet all filters, newest first. */
  expected(rows: Rows, given: Readonly<Record<string, string>>): string[];
  nameOf: (row: unknown) => string;
  /** Of how many rows plans are looked at, where a page of few would be most of a table. */
  planRows?: number;
}

const at = (minutes: number) => new Date(NOON + minutes * MINUTE).toISOString();

function keep<Row>(
  rows: readonly Row[],
  given: Readonly<Record<string, string>>,
  tests: Readonly<Record<string, (row: Row, value: string) => boolean>>,
): Row[] {
  return rows
    .filter((row) => Object.entries(given).every(([name, value]) => tests[name]?.(row, value)))
    .toReversed();
}

function caseOf<Shape extends z.ZodRawShape, Row>(
  list: List<Shape, Row>,
  rest: Omit<ListCase, "list">,
): ListCase {
  return { list: list as unknown as ListCase["list"], ...rest };
}

const idOf = (element: unknown) => (element as { id: string }).id;

export const LIST_CASES: readonly ListCase[] = [
  caseOf(deliveryList, {
    values: {
      connection: ["fjord", "nowhere"],
      state: ["done", "held"],
      subject: ["1203"],
      since: [at(30), at(900)],
      until: [at(60)],
    },
    expected: ({ deliveries }, given) =>
      keep(deliveries, given, {
        connection: (row, value) => row.connection === value,
        state: (row, value) => row.state === value,
        subject: (row, value) => row.subject === value,
        since: (row, value) => row.received_at >= Date.parse(value),
        until: (row, value) => row.received_at < Date.parse(value),
      }).map(({ id }) => id),
    nameOf: idOf,
  }),
  caseOf(eventList, {
    values: {
      connection: ["bikes"],
      type: ["booking.confirmed", "booking.no_show"],
      subject: ["1203"],
      since: [at(30)],
      until: [at(60)],
    },
    expected: ({ events }, given) =>
      keep(events, given, {
        connection: (row, value) => row.connection === value,
        type: (row, value) => row.type === value,
        subject: (row, value) => row.subject === value,
        since: (row, value) => row.occurred_at >= Date.parse(value),
        until: (row, value) => row.occurred_at < Date.parse(value),
      }).map(({ id }) => id),
    nameOf: idOf,
  }),
  caseOf(bookingList, {
    values: {
      connection: ["Fjord"],
      status: ["confirmed", "removed"],
      email: ["Smith@Example.com"],
      startsFrom: ["2026-05-12"],
      startsTo: ["2026-06-15"],
      q: ["Smith", "10", "ø", "100%", "a_", "nobody"],
    },
    expected: ({ subjects }, given) =>
      keep(
        subjects.filter(({ kind, status }) => kind === "booking" && status !== null),
        given,
        {
          connection: (row, value) => row.connection === value,
          status: (row, value) => row.status === value,
          email: (row, value) => row.email === value.toLowerCase(),
          startsFrom: (row, value) => row.starts_on !== null && row.starts_on >= value,
          startsTo: (row, value) => row.starts_on !== null && row.starts_on <= value,
          q: ({ subject, email, name }, value) =>
            subject.startsWith(value) ||
            [email, name].some((text) => text?.startsWith(value.toLowerCase())),
        },
      ).map(({ connection, subject }) => `${connection}/${subject}`),
    nameOf: (element) => {
      const { connection, reference } = element as { connection: string; reference: string };
      return `${connection}/${reference}`;
    },
  }),
  caseOf(jobList, {
    values: {
      handler: ["books/post", "nobody/nothing"],
      state: ["done", "dead"],
      connection: ["fjord"],
      subject: ["1203"],
      since: [at(30)],
      until: [at(60)],
    },
    expected: ({ jobs }, given) =>
      keep(jobs, given, {
        handler: (row, value) => row.handler === value,
        state: (row, value) => row.state === value,
        connection: (row, value) => row.connection === value,
        subject: (row, value) => row.subject === value,
        since: (row, value) => row.created_at >= Date.parse(value),
        until: (row, value) => row.created_at < Date.parse(value),
      }).map(({ id }) => id),
    nameOf: idOf,
  }),
  caseOf(effectList, {
    values: { handler: ["books/post"], connection: ["fjord"], subject: ["1203"] },
    expected: ({ effects }, given) =>
      keep(effects, given, {
        handler: (row, value) => row.handler === value,
        connection: (row, value) => row.connection === value,
        subject: (row, value) => row.subject === value,
      }).map(({ id }) => id),
    nameOf: idOf,
  }),
  caseOf(occurrenceList(new Timetable([], [])), {
    planRows: 1_000,
    values: {
      schedule: ["thanks", "nothing/never"],
      connection: ["fjord"],
      subject: ["1203"],
      state: ["planned", "withdrawn"],
      from: [at(30)],
      to: [at(60)],
    },
    expected: ({ occurrences }, given) =>
      keep(occurrences, given, {
        schedule: (row, value) => row.schedule === value,
        connection: (row, value) => row.connection === value,
        subject: (row, value) => row.subject === value,
        state: (row, value) => row.state === value,
        from: (row, value) => row.due_at >= Date.parse(value),
        to: (row, value) => row.due_at < Date.parse(value),
      }).map(occurrenceName),
    nameOf: (element) => {
      const { schedule, connection, subject, dueAt } = element as OccurrenceRow;
      return occurrenceName({ schedule, connection, subject, due_at: dueAt });
    },
  }),
  caseOf(reconciliationList, {
    planRows: 1_000,
    values: {
      connection: ["fjord", "nowhere"],
      day: ["2026-03-04", "2025-01-01"],
      since: ["2026-03-10", "2027-01-01"],
    },
    expected: ({ comparedDays }, given) =>
      keep(comparedDays, given, {
        connection: (row, value) => row.connection === value,
        day: (row, value) => row.day === value,
        since: (row, value) => row.day >= value,
      }).map(({ connection, day }) => `${connection}/${day}`),
    nameOf: (element) => {
      const { connection, day } = element as { connection: string; day: string };
      return `${connection}/${day}`;
    },
  }),
];

function occurrenceName(row: Omit<Rows["occurrences"][number], "slot" | "state">): string {
  return [row.schedule, row.connection, row.subject, row.due_at].join(" ");
}

/** Every choice of filters, from none to all of them, with so many values of each at most. */
export function filterChoices({ values }: ListCase, most = Infinity): Record<string, string>[] {
  return Object.entries(values).reduce<Record<string, string>[]>(
    (choices, [name, options]) => [
      ...choices,
      ...choices.flatMap((choice) =>
        options.slice(0, most).map((value) => ({ ...choice, [name]: value })),
      ),
    ],
    [{}],
  );
}
