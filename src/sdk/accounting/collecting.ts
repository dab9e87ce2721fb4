import type { LedgerEntry, PeriodEntry, ScheduleContext } from "../context.ts";
import { type Issued, issuedIn } from "./issued.ts";
import type { NotedDocument } from "./noted.ts";

/** Documents of many bookings that are posted as one. */
export interface Collected<D> {
  connection: string;
  currency: string;
  notes: D[];
}

/** Reads what waits in a period, by what is posted together. @param by Tells the groups apart. */
export async function collect<K extends NotedDocument["kind"]>(
  entries: AsyncIterable<PeriodEntry>,
  kind: K,
  by: (note: Extract<NotedDocument, { kind: K }>) => string,
): Promise<Map<string, Collected<Extract<NotedDocument, { kind: K }>>>> {
  type Note = Extract<NotedDocument, { kind: K }>;
  const groups = new Map<string, Collected<Note>>();
  for await (const entry of entries) {
    const [document] = issuedIn([entry]).map((one) => one.document);
    if (document?.kind !== kind) continue;
    const note = document as Note;
    const { connection } = entry;
    const key = [connection, note.currency, by(note)].join("/");
    const group = groups.get(key) ?? { connection, currency: note.currency, notes: [] };
    group.notes.push(note);
    groups.set(key, group);
  }
  return groups;
}

/** What was posted of a group before, oldest first, and what was begun and not ended. */
export function postedBefore(ledger: readonly LedgerEntry[], prefix: string): Issued[] {
  return issuedIn(ledger.filter(({ key }) => key.startsWith(prefix)));
}

export function dayOf({ clock }: Pick<ScheduleContext<unknown>, "clock">): string {
  return new Date(clock.now()).toISOString().slice(0, 10);
}
