import type { Change } from "../sdk/booking-event.ts";

export const DIFFERENCE_KINDS = ["missing", "extra", "different"] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/**
 * `unfounded`: a look showed what was known. `adopted`: taken over in silence, as it was made before
 * Bellhop listened; neither is told of.
 */
export type DifferenceState = "open" | "repaired" | "unfounded" | "adopted";

/** A call came too late or never; the source makes none for this; a call came and was of no use. */
export const CAUSES = ["lost", "unannounced", "failed"] as const;
export type Cause = (typeof CAUSES)[number];

/** What a comparison found, before anything was done about it. */
export interface Found {
  subject: string;
  kind: DifferenceKind;
  /** Hash of the row. */
  shown: string;
  /** What is known here before, what the source has after. */
  changes: readonly Change[];
  /** Where it is known before the look. */
  cause?: Cause | null;
}

export interface Difference extends Omit<Found, "shown"> {
  position: number;
  connection: string;
  /** `YYYY-MM-DD`, UTC. */
  day: string;
  state: DifferenceState;
  cause: Cause | null;
  /** Position of the delivery that is to repair it. */
  delivery: number | null;
  foundAt: number;
  /** When it was last tried to repair it; 0: never. */
  triedAt: number;
  closedAt: number | null;
}

/** `2026-11-25`, in UTC: the operator's machines may be in several zones. */
export function dayOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
