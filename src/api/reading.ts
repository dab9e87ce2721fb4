import type { Database } from "../db/database.ts";
import { bookingList, findBooking, presentBooking } from "../queries/bookings.ts";
import { deliveryList, findDelivery, presentDelivery } from "../queries/deliveries.ts";
import { effectList } from "../queries/effects.ts";
import { eventList, findEvent } from "../queries/events.ts";
import { incidentList } from "../queries/incidents.ts";
import { reconciliationList } from "../queries/reconciliations.ts";
import { attemptsOf, findJob, jobList, presentAttempt, presentJob } from "../queries/jobs.ts";
import { readPage } from "../queries/list.ts";
import { occurrenceList } from "../queries/occurrences.ts";
import { presentReplay, replayList } from "../queries/replay-list.ts";
import { ReplayStore } from "../queries/replay-store.ts";
import { readStatus, type StatusParts } from "../queries/status.ts";
import { cloudEventOf } from "../sdk/cloud-event.ts";
import type { Timetable } from "../schedule/timetable.ts";
import { presentBody, presentHeaders } from "./delivery-content.ts";
import { notFound } from "./problem.ts";
import { listRoute, param, type Route } from "./route.ts";

/** Of each kind, for one booking. */
const NEWEST = 100;

export interface ReadingParts {
  db: Database;
  status: StatusParts;
  timetable: Timetable;
  /** Never shown, wherever a proxy may have written them. */
  secrets: readonly string[];
}

/** The calls that only read. */
export function readingRoutes({ db, status, secrets, timetable }: ReadingParts): Route[] {
  return [
    listRoute(db, deliveryList),
    {
      method: "get",
      path: "/deliveries/:id",
      async answer(request) {
        const delivery = await findDelivery(db, param(request, "id"));
        if (!delivery) throw notFound("such delivery");
        const { query, headers, body } = delivery;
        return {
          ...presentDelivery(delivery),
          query,
          headers: presentHeaders(headers, secrets),
          ...presentBody(body),
        };
      },
    },
    listRoute(db, eventList),
    {
      method: "get",
      path: "/events/:id",
      async answer(request) {
        const event = await findEvent(db, param(request, "id"));
        if (!event) throw notFound("such event");
        return cloudEventOf(event);
      },
    },
    listRoute(db, bookingList),
    {
      method: "get",
      path: "/bookings/:connection/:reference",
      answer: (request) =>
        wholeBooking(db, param(request, "connection"), param(request, "reference")),
    },
    listRoute(db, jobList),
    {
      method: "get",
      path: "/jobs/:id",
      async answer(request) {
        const job = await findJob(db, param(request, "id"));
        if (!job) throw notFound("such job");
        const attempts = await attemptsOf(db, job.id);
        return { ...presentJob(job), attemptList: attempts.map(presentAttempt) };
      },
    },
    listRoute(db, effectList),
    listRoute(db, occurrenceList(timetable)),
    listRoute(db, incidentList),
    listRoute(db, reconciliationList),
    listRoute(db, replayList),
    {
      method: "get",
      path: "/replays/:id",
      async answer(request) {
        const replay = await new ReplayStore(db).find(param(request, "id"));
        if (!replay) throw notFound("such replay");
        return presentReplay(replay);
      },
    },
    { method: "get", path: "/status", answer: () => readStatus(status) },
  ];
}

/** A booking and what Bellhop did about it. */
async function wholeBooking(db: Database, connection: string, reference: string): Promise<object> {
  const booking = await findBooking(db, connection, reference);
  if (!booking) throw notFound("such booking");
  const filters = { connection, subject: reference };
  const [events, jobs, effects] = await Promise.all([
    readPage(db, eventList, filters, { limit: NEWEST }),
    readPage(db, jobList, filters, { limit: NEWEST }),
    readPage(db, effectList, filters, { limit: NEWEST }),
  ]);
  return {
    ...presentBooking(booking),
    events: events.rows.map(eventList.present),
    jobs: jobs.rows.map(jobList.present),
    effects: effects.rows.map(effectList.present),
  };
}
