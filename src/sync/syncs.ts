import type { Database } from "../db/database.ts";
import type { HandlerTable, TableEntry } from "../dispatch/handler-table.ts";
import type { JobStore } from "../dispatch/job-store.ts";
import { suits } from "../dispatch/matches.ts";
import type { IntakeLoad } from "../inbox/intake-load.ts";
import { type ReplayRow, ReplayStore } from "../queries/replay-store.ts";
import type { Booking } from "../sdk/booking.ts";
import { endOfBookings, isSince, walkBookings } from "./bookings-walk.ts";
import { type Line, readLine } from "./in-line.ts";
import { mirrorsOf } from "./mirrors.ts";
import { wantedJobs } from "./newest-events.ts";

/** Bookings that are looked at, and put into line in one transaction, at a time. */
const BATCH = 100;

/** So many may be in line: the rest waits where it is, so that news of the day is not far behind. */
const MOST_IN_LINE = 200;

/** Nobody waits for a booking whose next try is farther off. */
const PATIENCE_MS = 30_000;

/** What is pushed, and to whom. */
export interface Sync {
  instance: string;
  /** Bookings made, or taking place, on this day or later: `2026-03-14`. */
  since: string;
}

/** A sync as the store keeps it. */
export type SyncRow = ReplayRow & { kind: "sync" };

export interface SyncParts {
  db: Database;
  handlers: HandlerTable;
  jobs: JobStore;
  load: IntakeLoad;
}

/**
 * Has the mirrors of an instance look at all bookings again. It only makes jobs, in small portions: how
 * fast they run, in which order and how often is decided where it is for all jobs. How far it has got is
 * kept in the store, and any process can go on with it.
 */
export class Syncs {
  readonly #parts: SyncParts;
  readonly #store: ReplayStore;

  constructor(parts: SyncParts) {
    this.#parts = parts;
    this.#store = new ReplayStore(parts.db);
  }

  /** How many bookings would be pushed now. */
  async count(sync: Sync): Promise<number> {
    const { db, load } = this.#parts;
    const mirrors = this.mirrorsOf(sync);
    const below = await endOfBookings(db);
    let count = 0;
    for (let above: number | undefined = 0; above !== undefined;) {
      await load.relief();
      const walked = await walkBookings(db, { above, below, limit: BATCH });
      count += walked.filter(({ booking }) => isMeant(booking, sync, mirrors)).length;
      above = walked.at(-1)?.id;
    }
    return count;
  }

  /**
   * Counts and notes down what is to be done, unless it is under way already. What is first heard of from
   * now on goes its own way.
   *
   * @throws when another one of the instance is under way.
   */
  async begin(sync: Sync): Promise<SyncRow> {
    const underWay = (await this.open()).find((row) => syncOf(row).instance === sync.instance);
    if (underWay) {
      const { since } = syncOf(underWay);
      if (since === sync.since) return underWay;
      throw new Error(
        `a sync of ${sync.instance} since ${since} is under way: ` +
          `--since ${since} follows it, --stop ends it`,
      );
    }
    const count = await this.count(sync);
    const below = await endOfBookings(this.#parts.db);
    const row = await this.#store.begin({ kind: "sync", filters: { ...sync }, count, below });
    return row as SyncRow;
  }

  /** Those that are under way, oldest first. */
  async open(): Promise<SyncRow[]> {
    return (await this.#store.open(["sync"])) as SyncRow[];
  }

  async find(id: string): Promise<SyncRow | undefined> {
    return (await this.#store.find(id)) as SyncRow | undefined;
  }

  /** Whether all bookings that are meant have been looked at. */
  async isThrough({ above, below }: SyncRow): Promise<boolean> {
    return (await walkBookings(this.#parts.db, { above, below, limit: 1 })).length === 0;
  }

  /** Ends all of an instance. What is in line stays there. @returns how many. */
  async stop(instance: string): Promise<number> {
    const own = (await this.open()).filter((row) => syncOf(row).instance === instance);
    for (const row of own) await this.#store.end(row);
    return own.length;
  }

  /** @throws as `mirrorsOf`. */
  mirrorsOf({ instance }: Sync): TableEntry[] {
    return mirrorsOf(this.#parts.handlers, instance);
  }

  /**
   * Puts bookings into line as long as there is room. When the last have had their turn it is done.
   *
   * @returns how far it is by now.
   */
  async goOn(begun: SyncRow, signal?: AbortSignal): Promise<SyncRow> {
    const { db, load } = this.#parts;
    const mirrors = this.mirrorsOf(syncOf(begun));
    let row = begun;
    while (row.state === "open" && !signal?.aborted) {
      const line = await readLine(db, mirrors);
      if (line.count >= MOST_IN_LINE * mirrors.length) break;
      await load.relief();
      if (!(await this.#step(row, mirrors, line))) break;
      const next = await this.find(row.id);
      if (!next) break;
      row = next;
    }
    return row;
  }

  /** @returns false when there is nothing to do but to wait for what is in line. */
  async #step(row: SyncRow, mirrors: readonly TableEntry[], line: Line): Promise<boolean> {
    const { db } = this.#parts;
    const { above, below } = row;
    const walked = await walkBookings(db, { above, below, limit: BATCH });
    const last = walked.at(-1)?.id;
    if (last !== undefined) {
      const bookings = walked.map(({ booking }) => booking);
      await this.#putIntoLine(row, mirrors, bookings, last);
      return true;
    }
    const isOver = line.count === 0 || (line.nextInMs ?? 0) > PATIENCE_MS;
    if (isOver) await db.transaction((trx) => this.#store.moveOn(trx, row, "done"));
    return isOver;
  }

  /**
   * The jobs and the mark up to which it is done move in one transaction: whoever dies in between leaves
   * both as they were, and of two that are at the same place one finds the mark moved.
   */
  async #putIntoLine(
    row: SyncRow,
    mirrors: readonly TableEntry[],
    bookings: readonly Booking[],
    last: number,
  ): Promise<void> {
    const { db, jobs, handlers } = this.#parts;
    const meant = bookings.filter((booking) => isMeant(booking, syncOf(row), mirrors));
    const wanted = await wantedJobs(db, handlers, mirrors, meant);
    await db.transaction(async (trx) => {
      if (!(await this.#store.moveOn(trx, row, { above: last }))) return;
      await jobs.renew(trx, wanted);
      await this.#store.addMoved(trx, row, meant.length);
    });
  }
}

export function syncOf({ filters }: Pick<SyncRow, "filters">): Sync {
  const { instance, since } = filters as Readonly<Record<string, string>>;
  return { instance: instance ?? "", since: since ?? "" };
}

/** All handlers of an instance have its `when`. */
function isMeant(booking: Booking, { since }: Sync, [mirror]: readonly TableEntry[]): boolean {
  return mirror !== undefined && suits(mirror.when, booking) && isSince(since, booking);
}
