import { INCIDENT_KINDS } from "../../alerts/incident.ts";
import { DELIVERY_STATES } from "../../queries/deliveries.ts";
import { EFFECT_STATES } from "../../queries/effects.ts";
import { CAUSES, DIFFERENCE_KINDS } from "../../reconcile/difference.ts";
import { SHOWN_DIFFERENCES } from "../../queries/reconciliations.ts";
import { INCIDENT_STATES } from "../../queries/incidents.ts";
import { OCCURRENCE_STATES } from "../../schedule/occurrence-store.ts";
import { JOB_STATES } from "../../queries/jobs.ts";
import { REPLAY_KINDS, REPLAY_STATES } from "../../queries/replay-store.ts";
import { BOOKING_EVENT_TYPES, OTHER_EVENT_TYPES } from "../../sdk/booking-event.ts";
import {
  count,
  flag,
  listOf,
  mapOf,
  object,
  oneOf,
  orNull,
  ref,
  type Schema,
  text,
  time,
  whole,
} from "./schema.ts";

const REASON = orNull(text("Why, in words"));

const Delivery = object({
  id: text(),
  position: count("Order of arrival"),
  connection: text(),
  receivedAt: time(),
  method: text(),
  state: oneOf(DELIVERY_STATES),
  reason: REASON,
  subject: orNull(text("What it is about; null while nobody has read it")),
  eventIds: listOf(text(), "What it led to"),
  bytes: count("Of the body"),
});

const EventData = object({
  booking: orNull(ref("Booking"), "The booking after the event"),
  record: orNull(mapOf({}, "State of a subject that is no booking, as the source writes it")),
  changes: listOf(
    object({
      path: text("`totals.total`, `items[880001].start`"),
      before: { description: "Null when there was none" },
      after: { description: "Null when there is none any more" },
    }),
  ),
  summary: text("The changes in one sentence"),
  payment: orNull(
    object(
      {},
      { amount: ref("Money"), paidAt: text(), method: text(), reference: text() },
      "Of payment events",
    ),
  ),
  customer: orNull(ref("Customer")),
  timer: orNull(
    object(
      {
        name: text(),
        relativeTo: text("`start`, `end`, `created`, `confirmed`, or what the source calls it"),
        offsetMinutes: whole("Negative: before"),
      },
      { generation: whole("How often it went off for the booking, by Bellhop's own clock") },
    ),
  ),
  by: orNull(oneOf(["staff", "customer", "system"], "Who cancelled")),
  custom: ref("Custom"),
  native: object({
    event: text("What the source calls it"),
    fields: mapOf({}, "What the source said along with it"),
  }),
  origin: oneOf(["notified", "derived", "reconciled", "adopted", "scheduled", "simulated"]),
  actor: oneOf(["staff", "customer", "agent", "system", "unknown"]),
  isQuiet: flag("The source asked not to write to the guest"),
  deliveryId: orNull(text()),
  version: count("Of the subject's state after the event"),
  ordinal: count("Counts the events of the subject"),
});

const Event = object(
  {
    specversion: { ...text(), const: "1.0" },
    id: text(),
    source: text("`/connections/fjord`"),
    type: oneOf([...BOOKING_EVENT_TYPES, ...OTHER_EVENT_TYPES]),
    subject: text("The booking's reference, or `coupon:…`, `resource:…`, `customer:…`"),
    time: time(),
    datacontenttype: { ...text(), const: "application/json" },
    data: ref("EventData"),
  },
  {},
  "A CloudEvents 1.0 object",
);

const Job = object({
  id: text(),
  eventId: text(),
  handler: text("`instance/handler`"),
  connection: text(),
  subject: text(),
  scope: text("Jobs of one handler and scope run one after the other"),
  state: oneOf(JOB_STATES),
  attempts: count("How often it was tried"),
  runAt: time("When it may run, or when it last ended"),
  createdAt: time("When it was made"),
  reason: REASON,
});

const Attempt = object({
  attempt: { ...whole("Counted from 1"), minimum: 1 },
  startedAt: time(),
  finishedAt: time(),
  outcome: oneOf(["done", "ready", "held", "dead", "skipped"], "`ready`: it is tried again"),
  reason: REASON,
});

const Effect = object({
  id: text(),
  key: text("What was done, unique within handler and scope: `voucher:v2`"),
  handler: text(),
  connection: text(),
  subject: text(),
  scope: text(),
  jobId: text(),
  state: oneOf(EFFECT_STATES),
  progress: orNull(text("How far it got: `written`, `handed over`; in shadow `would do`")),
  externalId: orNull(text("The other side's id")),
  link: orNull(text("Where a person can see it")),
  version: count("Of the booking, when it was done"),
  summary: orNull(text("One sentence for the office")),
  at: time(),
});

const Occurrence = object({
  schedule: text("A timer's name, or `instance/schedule`"),
  connection: text("`-` of a schedule, which is no connection's"),
  subject: text("The booking's reference; `clock` of a schedule"),
  dueAt: time(),
  state: oneOf(
    OCCURRENCE_STATES,
    "`skipped`: its moment was passed over; `withdrawn`: the booking, or the timer, is so no more",
  ),
  reason: orNull(text("Why, in words: `48 hours before the start`"), "Null when the timer is gone"),
  eventId: orNull(text(), "The event that told of it"),
  jobs: listOf(
    object({ handler: text(), state: oneOf(JOB_STATES), reason: orNull(text()) }),
    "What was done about it, or is to be",
  ),
});

const Replay = object({
  id: text(),
  kind: oneOf(REPLAY_KINDS),
  state: oneOf(REPLAY_STATES, "`open` until all are back in line"),
  filters: mapOf(text(), "As they were given"),
  count: count("How many it is about; once it is done, how many were put back in line"),
  moved: count("How many are back in line so far"),
  createdAt: time(),
});

const Incident = object({
  id: text(),
  name: text("What it is about; at most one of a name is open: `silent:bikes`"),
  kind: oneOf(INCIDENT_KINDS),
  state: oneOf(INCIDENT_STATES),
  reason: text("What is so and the likely cause, in words"),
  openedAt: time(),
  closedAt: orNull(time()),
});

const BookingDifference = object(
  {
    subject: text("The source's number of the booking, or `vacation:7` and the like"),
    kind: oneOf(
      DIFFERENCE_KINDS,
      "`missing` here, `extra` here: the source does not have it, or `different`",
    ),
    state: oneOf(["open", "repaired"]),
    cause: orNull(
      oneOf(
        CAUSES,
        "`lost`: a call that should have come; `unannounced`: the source makes no call for it; " +
          "`failed`: a call came, or a look was tried, and was of no use",
      ),
    ),
    fields: listOf(
      object({
        path: text("`totals.total`"),
        here: { description: "What was known here; money and moments as in bookings" },
        there: { description: "What the source has" },
      }),
    ),
    foundAt: time(),
    closedAt: orNull(time()),
  },
  {},
  "Something that was one way at the source and another way here",
);

const Reconciliation = object({
  connection: text(),
  day: { ...text("In UTC"), format: "date" },
  checks: count("How often lists were asked for"),
  there: count("Bookings at the source, in the widest comparison of the day"),
  here: count("Bookings of these that were known before it"),
  missing: count(),
  extra: count(),
  different: count(),
  repaired: count("How many of these differences are repaired"),
  remaining: count("How many are not"),
  causes: object(Object.fromEntries(CAUSES.map((cause) => [cause, count()]))),
  differences: listOf(ref("BookingDifference"), `The first ${SHOWN_DIFFERENCES}`),
  updatedAt: time(),
});

export const WORK_SCHEMAS: Readonly<Record<string, Schema>> = {
  Delivery,
  WholeDelivery: {
    allOf: [
      ref("Delivery"),
      object({
        query: text("Raw query string"),
        headers: mapOf(text(), "Lower-case names; credentials are hidden"),
        body: text(),
        bodyEncoding: oneOf(
          ["utf-8", "latin1"],
          "`latin1`: the bytes are no UTF-8, each stands for one character",
        ),
      }),
    ],
  },
  EventData,
  Event,
  Job,
  Attempt,
  WholeJob: {
    allOf: [ref("Job"), object({ attemptList: listOf(ref("Attempt"), "First one first") })],
  },
  Effect,
  Occurrence,
  Replay,
  Incident,
  BookingDifference,
  Reconciliation,
};
