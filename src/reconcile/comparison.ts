import type { DayWindow } from "../sdk/lists.ts";

export type ComparisonKind = "import" | "reconcile";
export type ComparisonState = "open" | "done" | "failed";

/** What is to be compared with the source. */
export interface Wanted {
  /** Stays that begin on these days, all of them. */
  days?: DayWindow;
  /** Bookings that ended before this day are passed over: `YYYY-MM-DD`. */
  endsFrom?: string;
  /** What has changed since then, UTC milliseconds, by the lists of changes. */
  since?: number;
  /** The lists that are asked once a day, besides. */
  isDaily?: boolean;
  /** Differences are noted and nothing else. */
  isDry?: boolean;
}

/** How far a comparison has got; a restart goes on from here. */
export interface Progress {
  /** Lists of changes that are done with. */
  lists: number;
  /** The day of the walk that comes next. */
  nextDay?: string;
  /** So many days at a time: few where there are many bookings. */
  sliceDays: number;
  /** Bookings at the source, and those of them that were known. */
  there: number;
  here: number;
  /** Bookings that were looked at because of it. */
  entered: number;
  /** Of these: could not be looked at. */
  failed: number;
  /** Differences found. */
  differing: number;
  /** Positions of deliveries that are not done with. */
  waiting: readonly number[];
}

export const NO_PROGRESS: Progress = {
  lists: 0,
  sliceDays: 7,
  there: 0,
  here: 0,
  entered: 0,
  failed: 0,
  differing: 0,
  waiting: [],
};

export interface Comparison {
  id: string;
  position: number;
  connection: string;
  kind: ComparisonKind;
  state: ComparisonState;
  wanted: Wanted;
  progress: Progress;
  /** What it waits for, or why it failed. */
  reason: string | null;
  createdAt: number;
  updatedAt: number;
}
