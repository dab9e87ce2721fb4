import type { JobState } from "../dispatch/job-store.ts";
import type { Issued } from "../sdk/accounting/issued.ts";
import { sentenceOf } from "../sdk/accounting/posting.ts";
import type { Cause } from "./causes.ts";
import type { BooksDifference } from "./row.ts";

export interface LaneJob {
  eventId: string;
  id: string;
  position: number;
  state: JobState;
  /** UTC milliseconds. */
  runAt: number;
  reason: string | null;
}

/** What becomes of a booking's work, and why it does not go on. */
export interface LaneState {
  newest?: LaneJob;
  /** The first that lets none behind it pass. */
  blocking?: LaneJob;
  /** Why the handler takes no jobs. */
  pause?: string;
  /** The next moment of the booking that is planned, UTC milliseconds. */
  momentAt?: number;
}

interface Why {
  cause: Cause;
  reason: string;
}

const SHOWN = 3;

/** The difference that documents make which are not there. */
export function lacking(
  documents: readonly Issued["document"][],
  lane: LaneState,
): BooksDifference {
  const { cause, reason } = whyOf(lane);
  const named = documents.slice(0, SHOWN).map(sentenceOf).join(", ");
  const more = documents.length > SHOWN ? ` and ${documents.length - SHOWN} more` : "";
  const keys = documents.map(({ key }) => key);
  return { cause, what: `${named}${more}: ${reason}`, documents: keys };
}

/** The difference of a booking of which nobody can say what it comes to in the books. */
export function notBookable(fault: string, lane: LaneState): BooksDifference {
  const { cause, reason } = whyOf(lane);
  const isStopped = cause === "held" || cause === "needs_you";
  return isStopped
    ? { cause, what: reason, documents: [] }
    : { cause: "not_bookable", what: fault, documents: [] };
}

function whyOf({ newest, blocking, pause, momentAt }: LaneState): Why {
  if (blocking?.state === "dead")
    return { cause: "needs_you", reason: blocking.reason ?? "failed" };
  if (blocking) return { cause: "held", reason: blocking.reason ?? "held" };
  if (!newest) return { cause: "never_told", reason: "these books never heard of the booking" };
  if (newest.state === "ready" || newest.state === "leased") return inLine(newest, pause);
  if (momentAt !== undefined) {
    return { cause: "waiting", reason: `posted at ${timeOf(momentAt)}, its moment` };
  }
  return { cause: "not_followed", reason: `its work is over: ${newest.reason ?? newest.state}` };
}

function inLine({ runAt, reason }: LaneJob, pause: string | undefined): Why {
  if (pause !== undefined) return { cause: "held", reason: `paused: ${pause}` };
  if (reason === null) return { cause: "waiting", reason: "in line" };
  return { cause: "waiting", reason: `tried again at ${timeOf(runAt)}: ${reason}` };
}

function timeOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 16).replace("T", " ");
}
