import { bookingList } from "../../queries/bookings.ts";
import { deliveryList } from "../../queries/deliveries.ts";
import { effectList } from "../../queries/effects.ts";
import { eventList } from "../../queries/events.ts";
import { incidentList } from "../../queries/incidents.ts";
import { jobList } from "../../queries/jobs.ts";
import { occurrenceFilters } from "../../queries/occurrences.ts";
import { reconciliationList } from "../../queries/reconciliations.ts";
import { ACTING_PATHS } from "./acting-paths.ts";
import { BOOKS_PATHS } from "./books-paths.ts";
import { answers, json, listing, type PathItem, pathParameter } from "./operation.ts";
import { ref } from "./schema.ts";

/** Every path of the API under `/api/v1`. */
export const PATHS: Readonly<Record<string, PathItem>> = {
  "/deliveries": {
    get: listing("deliveries", "What arrived", deliveryList.filters, "Delivery"),
  },
  "/deliveries/{id}": {
    get: {
      operationId: "getDelivery",
      summary: "One delivery with all that was sent",
      tags: ["deliveries"],
      parameters: [pathParameter("id", "Id of the delivery")],
      responses: answers("The delivery", ref("WholeDelivery"), 404),
    },
  },
  "/events": { get: listing("events", "What happened", eventList.filters, "Event") },
  "/events/{id}": {
    get: {
      operationId: "getEvent",
      summary: "One event",
      tags: ["events"],
      parameters: [pathParameter("id", "Id of the event")],
      responses: answers("The event", ref("Event"), 404),
    },
  },
  "/bookings": {
    get: {
      ...listing("bookings", "Bookings as they are now", bookingList.filters, "Booking"),
      description: "Only bookings whose state has been seen.",
    },
  },
  "/bookings/{connection}/{reference}": {
    get: {
      operationId: "getBooking",
      summary: "One booking and what Bellhop did about it",
      tags: ["bookings"],
      parameters: [
        pathParameter("connection", "Name of the connection"),
        pathParameter("reference", "The source's number of the booking"),
      ],
      responses: answers("The booking", ref("WholeBooking"), 404),
    },
  },
  "/jobs": { get: listing("jobs", "Events for handlers", jobList.filters, "Job") },
  "/jobs/{id}": {
    get: {
      operationId: "getJob",
      summary: "One job and its attempts",
      tags: ["jobs"],
      parameters: [pathParameter("id", "Id of the job")],
      responses: answers("The job", ref("WholeJob"), 404),
    },
  },
  "/effects": {
    get: listing("effects", "What was done outside", effectList.filters, "Effect"),
  },
  "/occurrences": {
    get: {
      ...listing(
        "occurrences",
        "Moments of timers and schedules: to come, gone off, passed over",
        occurrenceFilters,
        "Occurrence",
      ),
      description: "The one that was made last comes first, whenever it is due.",
    },
  },
  "/incidents": {
    get: listing("incidents", "What needs or needed a person", incidentList.filters, "Incident"),
  },
  "/reconciliations": {
    get: {
      ...listing(
        "reconciliations",
        "What comparing bookings with their source has shown, by connection and day",
        reconciliationList.filters,
        "Reconciliation",
      ),
      description: "Days are days in UTC.",
    },
  },
  ...BOOKS_PATHS,
  "/status": {
    get: {
      operationId: "getStatus",
      summary: "The whole installation in numbers",
      description: "From the store, not from one process; counted or kept, never estimated.",
      tags: ["status"],
      responses: answers("The status", ref("Status")),
    },
  },
  ...ACTING_PATHS,
  "/openapi.json": {
    get: {
      operationId: "getDescription",
      summary: "This description",
      tags: ["status"],
      security: [],
      responses: { "200": { description: "OpenAPI 3.1", content: json({ type: "object" }) } },
    },
  },
};
