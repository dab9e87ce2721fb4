import type { ListedBooking, ListPage, ListQuestion } from "../sdk/lists.ts";
import type { Notice } from "../sdk/source.ts";

/** Everything that a list shows for a window. */
export interface Sheet {
  /** By reference. */
  bookings: ReadonlyMap<string, ListedBooking>;
  records: readonly Notice[];
}

/** Makes one call. */
export type AskPage<Window> = (question: ListQuestion<Window>) => Promise<ListPage>;

/** Rows that move while a list is read make it be read again, so often at most. */
const MOST_READS = 3;
const MOST_PAGES = 10_000;

/**
 * Reads a list to its end, part by part. A row may move from one page to another while it is read,
 * and so be seen twice or not at all: then the part is read again and what was seen is put together.
 */
export async function readList<Window>(
  window: Window,
  parts: readonly string[],
  ask: AskPage<Window>,
): Promise<Sheet> {
  const bookings = new Map<string, ListedBooking>();
  const records = new Map<string, Notice>();
  for (const part of parts) {
    for (let reads = 0; reads < MOST_READS; reads += 1) {
      const read = await readPart((page) => ask({ window, part, page }));
      for (const [reference, listed] of read.bookings) bookings.set(reference, listed);
      for (const record of read.records) records.set(JSON.stringify(record.subject), record);
      if (!read.hasMoved) break;
    }
  }
  return { bookings, records: [...records.values()] };
}

interface PartRead extends Sheet {
  hasMoved: boolean;
}

async function readPart(ask: (page: number) => Promise<ListPage>): Promise<PartRead> {
  const bookings = new Map<string, ListedBooking>();
  const records: Notice[] = [];
  let hasMoved = false;
  let repeatedPages = 0;
  let total: number | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await ask(page);
    const known = answer.bookings.filter(({ reference }) => bookings.has(reference)).length;
    // Whole pages repeat where they are counted from 1, or where the source does not count them.
    const isRepeated = known > 0 && known === answer.bookings.length;
    if (known > 0 && !isRepeated) hasMoved = true;
    for (const listed of answer.bookings) bookings.set(listed.reference, listed);
    records.push(...(answer.records ?? []));
    total = answer.total ?? total;
    repeatedPages = isRepeated ? repeatedPages + 1 : 0;
    if (answer.isLast || repeatedPages > 1) break;
  }
  // A list of payments has more rows than bookings, and never fewer.
  const isShort = total !== undefined && bookings.size > 0 && hasMissedRows(bookings, total);
  return { bookings, records, hasMoved: hasMoved || isShort };
}

/** Whether rows were missed: of a list with one row for each booking there must be as many. */
function hasMissedRows(bookings: ReadonlyMap<string, ListedBooking>, total: number): boolean {
  const isByBooking = [...bookings.values()].every(({ payments }) => payments === undefined);
  return isByBooking && bookings.size < total;
}
