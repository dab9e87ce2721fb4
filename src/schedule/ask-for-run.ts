import type { Knex } from "knex";

import type { Database } from "../db/database.ts";
import type { Clockwork } from "./clocks.ts";
import { byHand, isByHand, nextOf, putInLine } from "./fire-clocks.ts";
import type { NewOccurrence, Occurrence, OccurrenceStore } from "./occurrence-store.ts";
import { ending } from "./plan.ts";

export interface AskParts {
  db: Database;
  occurrences: OccurrenceStore;
}

/**
 * Asks for a run of a schedule now. Its window ends now, and that of the next run by the clock
 * begins there: what a run by hand has told is not told again, and nothing is left out.
 *
 * @returns the run, which whoever owns the schedules takes up.
 */
export async function askForRun(
  { db, occurrences }: AskParts,
  clockwork: Clockwork,
): Promise<NewOccurrence> {
  return db.transaction(async (trx) => {
    const now = await db.now(trx);
    const known = await occurrences.newest(clockwork.id, trx);
    const planned = known.find((one) => one.state === "planned" && !isByHand(one));
    const since = planned?.referenceAt ?? endOfLast(known) ?? now - stepOf(clockwork, now);
    const asked = byHand(clockwork.id, since, now);
    await occurrences.insert(trx, [asked]);
    const isMoved = planned !== undefined && (await moveWindow(occurrences, trx, planned, now));
    if (!isMoved) {
      const next = { next: clockwork.slots.after(now), nextSince: now };
      await putInLine(occurrences, trx, known, nextOf(clockwork, next));
    }
    return asked;
  });
}

/**
 * Lets the window of what is planned begin now.
 *
 * @returns false when its own moment has passed: then the run by hand stands for it.
 */
async function moveWindow(
  occurrences: OccurrenceStore,
  trx: Knex.Transaction,
  planned: Occurrence,
  now: number,
): Promise<boolean> {
  const isToCome = Number(planned.slot) > now;
  const change = isToCome
    ? { ...ending(planned, "planned"), referenceAt: now }
    : { ...ending(planned, "skipped"), reason: "a run that was asked for by hand stands for it" };
  await occurrences.change(trx, [{ ...change, fromReferenceAt: planned.referenceAt }]);
  return isToCome;
}

function endOfLast(known: readonly Occurrence[]): number | undefined {
  const last = known.find(({ state }) => state === "done");
  return last && (isByHand(last) ? last.dueAt : Number(last.slot));
}

/** The very first run looks back as far as two moments are apart. */
function stepOf({ slots }: Clockwork, now: number): number {
  const next = slots.after(now);
  return slots.after(next) - next;
}
