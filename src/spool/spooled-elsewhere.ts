import type { FactStore } from "../db/fact-store.ts";

const PREFIX = "spool:";

/** Under this name a process tells the others how many rows a file of its spool still holds. */
export function factOf(fileId: string): string {
  return `${PREFIX}${fileId}`;
}

/**
 * Deliveries in the spools of other processes, as far as they could tell: one that cannot reach the
 * database cannot say so there.
 *
 * @param ours Ids of the files that this process holds.
 */
export async function spooledElsewhere(facts: FactStore, ours: readonly string[]): Promise<number> {
  const counts = await facts.startingWith(PREFIX);
  for (const id of ours) counts.delete(factOf(id));
  return [...counts.values()].reduce((sum, count) => sum + Number(count), 0);
}
