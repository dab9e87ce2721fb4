import { deliveryList } from "../../queries/deliveries.ts";
import { jobList } from "../../queries/jobs.ts";
import { replayList } from "../../queries/replay-list.ts";
import {
  answers,
  json,
  listing,
  type Operation,
  type PathItem,
  pathParameter,
} from "./operation.ts";
import { count, flag, listOf, object, oneOf, ref, type Schema, text } from "./schema.ts";

const REASON: Schema = { ...text("Shown with it"), minLength: 1, maxLength: 500 };

const WITH_REASON = { required: false, content: json(object({}, { reason: REASON })) };

const JOB = [pathParameter("id", "Id of the job")];

const FILTERS = [
  ...new Set([...Object.keys(deliveryList.filters), ...Object.keys(jobList.filters)]),
];

const REPLAYED: Schema = object(
  { count: count() },
  {
    wouldDo: listOf(text("`would mail voucher 2 to the guest`"), "Only of a dry run"),
    outcome: text("How the handler would end; only of a dry run"),
  },
);

const REPLAY: Schema = object(
  { kind: oneOf(["jobs", "deliveries"]) },
  {
    dryRun: flag("Only count"),
    ...Object.fromEntries(
      FILTERS.map((name) => [name, text(`Filter, as in the list of the same kind`)]),
    ),
  },
  "At least one filter of the list of that kind",
);

/** The calls that decide something. */
export const ACTING_PATHS: Readonly<Record<string, PathItem>> = {
  "/jobs/{id}/replay": {
    post: {
      operationId: "replayJob",
      summary: "Run a job again",
      description:
        "What it did outside stays in the ledger and is not done twice. " +
        "`count` is 0 when the job is in line already. With `dryRun` nothing is done: `wouldDo` " +
        "says what would be, as things are now.",
      tags: ["jobs"],
      parameters: JOB,
      requestBody: {
        required: false,
        content: json(object({}, { dryRun: flag("Only say what would be done") })),
      },
      responses: answers("How many are back in line", REPLAYED, 400, 404, 409, 415),
    },
  },
  "/jobs/{id}/skip": {
    post: {
      operationId: "skipJob",
      summary: "Settle a ready, held or dead job without running it",
      tags: ["jobs"],
      parameters: JOB,
      requestBody: WITH_REASON,
      responses: answers("How many were skipped", ref("Count"), 400, 404, 409, 415),
    },
  },
  "/replays": {
    get: listing("replays", "What was replayed by filters", replayList.filters, "Replay"),
    post: {
      operationId: "replay",
      summary: "Run jobs again, or look at deliveries anew, by filters",
      description:
        "Jobs that are done, skipped, superseded, held or dead; deliveries that are done, " +
        "duplicate, failed or held, oldest first. What was done is not done again, and what was " +
        "told is not told again; an older notification does not put a booking back. A long replay " +
        "is answered while it is still open: it goes on, after a restart as well.",
      tags: ["replays"],
      requestBody: { required: true, content: json(REPLAY) },
      responses: answers(
        "The replay, or with dryRun only how many would be put back in line",
        { anyOf: [ref("Replay"), ref("Count")] },
        400,
        415,
      ),
    },
  },
  "/replays/{id}": {
    get: {
      operationId: "getReplay",
      summary: "One replay and how far it is",
      tags: ["replays"],
      parameters: [pathParameter("id", "Id of the replay")],
      responses: answers("The replay", ref("Replay"), 404),
    },
  },
  "/handlers/{instance}/{handler}/pause": {
    post: {
      ...handlerOperation("pauseHandler", "Let a handler take no jobs until it is resumed"),
      requestBody: WITH_REASON,
      responses: answers("The handler", ref("HandlerStatus"), 400, 404, 415),
    },
  },
  "/handlers/{instance}/{handler}/resume": {
    post: handlerOperation("resumeHandler", "Let a handler take jobs again"),
  },
  "/schedules/{instance}/{schedule}/run": {
    post: {
      operationId: "runSchedule",
      summary: "Run a schedule of a plug-in now",
      description:
        "For the time since its last run. The next one by the clock goes on from here. A running " +
        "Bellhop takes it up; `/occurrences` shows it.",
      tags: ["occurrences"],
      parameters: [
        pathParameter("instance", "Name of the instance in the configuration"),
        pathParameter("schedule", "Schedule of its integration"),
      ],
      responses: answers("How many runs were asked for", ref("Count"), 400, 404, 415),
    },
  },
};

function handlerOperation(operationId: string, summary: string): Operation {
  return {
    operationId,
    summary,
    tags: ["handlers"],
    parameters: [
      pathParameter("instance", "Name of the instance in the configuration"),
      pathParameter("handler", "Handler of its integration"),
    ],
    responses: answers("The handler", ref("HandlerStatus"), 404),
  };
}
