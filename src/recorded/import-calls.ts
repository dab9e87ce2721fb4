import type { Database } from "../db/database.ts";
import type { InboxStore, NewDelivery } from "../inbox/inbox-store.ts";
import { CallIds } from "./call-ids.ts";
import { type RecordFormat, readerOf } from "./formats.ts";
import { readLines } from "./read-lines.ts";
import type { Found, RecordedCall } from "./recorded-call.ts";

const BATCH_ROWS = 256;
const BATCH_BYTES = 1024 * 1024;
const NAMED_LINES = 3;

export interface ImportParts {
  db: Database;
  inbox: Pick<InboxStore, "appendMissing">;
  connection: string;
  /** Whether the connection's source understands it. */
  isCall: (call: NewDelivery) => boolean;
  /** UTC milliseconds. */
  now: number;
  onProgress?: (bytes: number, calls: number) => void;
}

export interface ImportSummary {
  lines: number;
  taken: number;
  known: number;
  /** Requests that are none of the source's calls, where a record holds both. */
  others: number;
  notUnderstood: number;
  /** Where the first of these are. */
  firstNotUnderstood: number[];
}

/** Feeds a record of calls into the inbox, as if they came now; how long it is does not matter. */
export async function importCalls(
  path: string,
  format: RecordFormat,
  parts: ImportParts,
): Promise<ImportSummary> {
  const run = new ImportRun(parts);
  const reader = readerOf(format);
  let bytesRead = 0;
  for await (const lines of readLines(path, (bytes) => (bytesRead = bytes))) {
    for (const line of lines) {
      run.summary.lines = line.number;
      for (const found of reader.read(line)) if (run.add(found)) await run.write();
    }
    parts.onProgress?.(bytesRead, run.summary.taken + run.summary.known);
  }
  for (const found of reader.end()) run.add(found);
  await run.write();
  return run.summary;
}

class ImportRun {
  readonly summary: ImportSummary = {
    lines: 0,
    taken: 0,
    known: 0,
    others: 0,
    notUnderstood: 0,
    firstNotUnderstood: [],
  };
  readonly #parts: ImportParts;
  readonly #ids: CallIds;
  #batch = new Map<string, NewDelivery>();
  #bytes = 0;

  constructor(parts: ImportParts) {
    this.#parts = parts;
    this.#ids = new CallIds(parts.connection);
  }

  /** @returns whether there is enough to write. */
  add({ line, calls, isMixed }: Found): boolean {
    const understood = calls.map((call) => this.#deliveryOf(call)).filter(this.#parts.isCall);
    if (understood.length === 0) this.#pass(line, isMixed);
    for (const delivery of understood) {
      this.#batch.set(delivery.id, delivery);
      this.#bytes += delivery.body.length + delivery.query.length;
    }
    return this.#batch.size >= BATCH_ROWS || this.#bytes >= BATCH_BYTES;
  }

  async write(): Promise<void> {
    const deliveries = [...this.#batch.values()];
    this.#batch = new Map();
    this.#bytes = 0;
    if (deliveries.length === 0) return;
    const { db, inbox } = this.#parts;
    const ids = deliveries.map(({ id }) => id);
    const rows: unknown[] = await db.knex("deliveries").whereIn("id", ids).select("id");
    await inbox.appendMissing(deliveries, () => Promise.resolve());
    this.summary.known += rows.length;
    this.summary.taken += deliveries.length - rows.length;
  }

  #pass(line: number, isMixed: true | undefined): void {
    const { summary } = this;
    if (isMixed) {
      summary.others += 1;
      return;
    }
    summary.notUnderstood += 1;
    if (summary.firstNotUnderstood.length < NAMED_LINES) summary.firstNotUnderstood.push(line);
  }

  #deliveryOf(call: RecordedCall): NewDelivery {
    const { connection, now } = this.#parts;
    // A clock that was ahead must not make news of it.
    const receivedAt = Math.min(call.receivedAt, now);
    return { ...call, id: this.#ids.next(call), connection, receivedAt };
  }
}
