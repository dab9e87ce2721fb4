import type { Change } from "../sdk/booking-event.ts";
import type { Cause, Difference } from "../reconcile/difference.ts";
import type { Reconciliation } from "./reconciliations.ts";
import { present } from "../sdk/present.ts";

const LONGEST_VALUE = 60;

const CAUSE_WORDS: Readonly<Record<Cause, string>> = {
  lost: "call lost",
  unannounced: "never announced",
  failed: "failed",
};

/** `412 bookings at the source, 409 known: 3 missing, 1 different; all repaired (…)` */
export function summaryOf({ there, here, kinds, remaining, repaired, causes }: Reconciliation) {
  const found = listed([
    [kinds.missing, "missing"],
    [kinds.different, "different"],
    [kinds.extra, "extra"],
  ]);
  const known = `${counted(there, "booking")} at the source, ${here} known`;
  // What was made before Bellhop listened is no difference, but is not known all the same.
  const older = there > here ? ", the others from before Bellhop" : "";
  if (found === "") return `${known}${older}: no differences`;
  const why = listed([
    [causes.lost, causes.lost === 1 ? "call lost" : "calls lost"],
    [causes.unannounced, "never announced"],
    [causes.failed, "failed"],
  ]);
  const end = remaining === 0 ? "all repaired" : `${repaired} repaired, ${remaining} remain`;
  return `${known}: ${found}; ${end}${why === "" ? "" : ` (${why})`}`;
}

/** Booking, kind, what differs, cause, what has become of it. */
export function differenceCells({ subject, kind, state, cause, changes }: Difference): string[] {
  return [
    subject,
    kind,
    changes.map(fieldWords).join(", "),
    cause === null ? "" : CAUSE_WORDS[cause],
    state === "open" ? "remains" : state,
  ];
}

/** `1188 different: totals.total 100.00 EUR here, 120.00 EUR there; never announced; repaired` */
export function differenceLine(difference: Difference): string {
  const [subject = "", kind = "", ...said] = differenceCells(difference);
  return `${subject} ${kind}: ${said.filter((words) => words !== "").join("; ")}`;
}

function fieldWords({ path, before, after }: Change): string {
  return `${path} ${valueWords(before)} here, ${valueWords(after)} there`;
}

/** A value in one line: `120.00 EUR`, `2026-03-14T09:00`, `confirmed`. */
export function valueWords(value: unknown): string {
  if (value === undefined || value === null || value === "") return "nothing";
  if (Array.isArray(value) && value.length === 0) return "nothing";
  const words = Array.isArray(value) ? value.map(partWords).join(" + ") : partWords(value);
  const line = words.replaceAll(/\s+/g, " ");
  return line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE)}…` : line;
}

/** Of a payment its amount. */
function partWords(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const shown = present(value) as { amount?: unknown; currency?: string; local?: string };
  if (typeof shown.amount === "object") return partWords((value as { amount: unknown }).amount);
  if (typeof shown.amount === "string") return `${shown.amount} ${shown.currency ?? ""}`;
  return shown.local ?? JSON.stringify(shown);
}

function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}

function listed(parts: readonly (readonly [count: number, words: string])[]): string {
  return parts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${words}`)
    .join(", ");
}
