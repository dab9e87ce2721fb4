import type { Knex } from "knex";

import { hasUnread, newestPosition } from "../inbox/heard.ts";
import type { InboxStore } from "../inbox/inbox-store.ts";
import { listedNotice } from "../inbox/listed-notice.ts";
import type { BookingFetcher } from "../normalize/fetch-booking.ts";
import { sleep } from "../process/sleep.ts";
import type { Clock } from "../sdk/context.ts";
import { PermanentError } from "../sdk/errors.ts";
import type { BookingList, DayWindow, ListPage, TimeWindow } from "../sdk/lists.ts";
import { type Candidate, CandidateFinder, type CandidateParts } from "./candidates.ts";
import type { Progress, Wanted } from "./comparison.ts";
import { daysAfter, isBefore, lastOfSlice, nextSliceDays } from "./days.ts";
import { DryLook } from "./dry-look.ts";
import { ON_ITS_WAY_MS } from "./judge-listed.ts";
import { readList, type Sheet } from "./read-list.ts";
import { Settlement } from "./settle.ts";

export interface ComparerParts extends CandidateParts {
  inbox: InboxStore;
  fetcher: BookingFetcher;
  clock: Clock;
  /** Something has entered the inbox. */
  onEntered: () => void;
}

/** A comparison under way: what is wanted, how far it is, and where that is kept. */
export interface Task {
  readonly wanted: Wanted;
  progress: Progress;
  /** When a person asked for it, UTC milliseconds. */
  readonly askedAt?: number;
  save(progress: Progress, trx?: Knex): Promise<void>;
  /** Waits for the turn of one more call to a list; a schedule takes its time. */
  beforeCall(signal: AbortSignal): Promise<void>;
}

/** Deliveries that enter at once, and that may wait at most before more do. */
const CHUNK = 32;
const MOST_WAITING = 64;
const POLL_MS = 200;
/** Calls that are still to be read get so long before a list is believed without them. */
const LONGEST_BACKLOG_MS = 60_000;
/** A source that shows so much less than is known is not believed: it may not show all. */
const FEW_ABSENT = 10;
const ABSENT_SHARE = 0.25;

/** Compares a connection with its source, step by step; each step leaves its mark in the store. */
export class Comparer {
  readonly #parts: ComparerParts;
  readonly #task: Task;
  readonly #finder: CandidateFinder;
  readonly #settlement: Settlement;
  readonly #dryLook: DryLook;

  constructor(parts: ComparerParts, task: Task) {
    this.#parts = parts;
    this.#task = task;
    this.#finder = new CandidateFinder(parts, task.askedAt);
    this.#settlement = new Settlement(parts.db, parts.differences, parts.lists.announced);
    this.#dryLook = new DryLook(parts);
  }

  /**
   * Does the next step: one list, or one slice of days.
   *
   * @returns true when there is none left.
   * @throws what the source throws; the same step is then the next again.
   */
  async step(signal: AbortSignal): Promise<boolean> {
    const { wanted, progress } = this.#task;
    const list = this.#lists[progress.lists];
    if (list && wanted.since !== undefined) {
      await this.#compareList(list, { since: wanted.since, until: this.#now }, signal);
    } else if (wanted.days && this.#nextDay(wanted.days) <= wanted.days.to) {
      await this.#compareSlice(wanted.days, signal);
    } else {
      return true;
    }
    return false;
  }

  /** Looks once at what has entered. @returns how many are not done with. */
  async settle(): Promise<number> {
    const { progress } = this.#task;
    if (progress.waiting.length === 0) return 0;
    const { waiting, failed } = await this.#settlement.settle(progress.waiting, this.#now);
    if (waiting.length !== progress.waiting.length) {
      await this.#save({ ...progress, waiting, failed: progress.failed + failed });
    }
    return waiting.length;
  }

  get #now(): number {
    return this.#parts.clock.now();
  }

  get #lists(): readonly BookingList<unknown, TimeWindow>[] {
    const { changed, daily = [] } = this.#parts.lists;
    return this.#task.wanted.isDaily ? [...changed, ...daily] : changed;
  }

  async #compareList(
    list: BookingList<unknown, TimeWindow>,
    window: TimeWindow,
    signal: AbortSignal,
  ): Promise<void> {
    const sheet = await this.#read(list, window, signal);
    const { candidates, here } = await this.#find(list, sheet, signal);
    const gone = await this.#goneRecords(list, window, sheet, signal);
    await this.#enter([...candidates, ...gone], signal);
    const { progress } = this.#task;
    await this.#save({
      ...progress,
      lists: progress.lists + 1,
      ...(this.#task.wanted.days ? {} : counted(progress, sheet, here)),
    });
  }

  async #compareSlice(days: DayWindow, signal: AbortSignal): Promise<void> {
    const { lists } = this.#parts;
    const from = this.#nextDay(days);
    const slice = { from, to: lastOfSlice(from, this.#task.progress.sliceDays, days.to) };
    const all = await this.#read(lists.starting, slice, signal);
    const sheet = this.#withoutPast(all);
    const { candidates, here } = await this.#find(lists.starting, sheet, signal);
    const gone = await this.#absent(slice, all);
    await this.#enter([...candidates, ...gone], signal);
    const { progress } = this.#task;
    await this.#save({
      ...progress,
      ...counted(progress, sheet, here),
      nextDay: daysAfter(slice.to, 1),
      sliceDays: nextSliceDays(progress.sliceDays, all.bookings.size),
    });
  }

  #nextDay({ from }: DayWindow): string {
    return this.#task.progress.nextDay ?? from;
  }

  /** Stays that are over are not asked for; those that go on are, whenever they began. */
  #withoutPast(sheet: Sheet): Sheet {
    const { endsFrom } = this.#task.wanted;
    if (endsFrom === undefined) return sheet;
    const bookings = [...sheet.bookings].filter(([, { view }]) => {
      const last = view?.end?.date ?? view?.start?.date;
      return last === undefined || !isBefore(last, endsFrom);
    });
    return { ...sheet, bookings: new Map(bookings) };
  }

  async #read<Window>(
    list: BookingList<unknown, Window>,
    window: Window,
    signal: AbortSignal,
  ): Promise<Sheet> {
    const { lists, connection, fetcher } = this.#parts;
    const parts = lists.parts?.(connection.settings) ?? [""];
    return readList(window, parts, async (question): Promise<ListPage> => {
      await this.#task.beforeCall(signal);
      return fetcher.ask(question.part, (context) => list.read(question, context), signal);
    });
  }

  /** What differs, and still does when the calls that may tell of it have been read. */
  async #find(
    list: Pick<BookingList<unknown, never>, "id" | "others">,
    sheet: Sheet,
    signal: AbortSignal,
  ): Promise<{ candidates: Candidate[]; here: number }> {
    const first = await this.#finder.among(list, sheet, this.#now);
    if (first.candidates.length === 0) return first;
    if (first.candidates.some(({ mayBeOnItsWay }) => mayBeOnItsWay)) {
      await sleep(ON_ITS_WAY_MS, signal);
    }
    await this.#untilCallsAreRead(signal);
    const suspects = first.candidates.flatMap(({ notice: { subject } }) =>
      subject.kind === "booking" ? [subject.reference] : [],
    );
    const left = suspects.flatMap((reference) => {
      const listed = sheet.bookings.get(reference);
      return listed ? [[reference, listed] as const] : [];
    });
    const second = await this.#finder.among(list, { ...sheet, bookings: new Map(left) }, this.#now);
    return { candidates: second.candidates, here: first.here };
  }

  /** A call that has been stored, but not read, is not lost. */
  async #untilCallsAreRead(signal: AbortSignal): Promise<void> {
    const { db, connection } = this.#parts;
    const newest = await newestPosition(db);
    const endsAt = performance.now() + LONGEST_BACKLOG_MS;
    while (performance.now() < endsAt && (await hasUnread(db, connection.id, newest))) {
      await sleep(POLL_MS, signal);
    }
  }

  /** Such a thing cannot be looked up: the list, read a second time, has the last word. */
  async #goneRecords(
    list: BookingList<unknown, TimeWindow>,
    window: TimeWindow,
    sheet: Sheet,
    signal: AbortSignal,
  ): Promise<Candidate[]> {
    const { others } = list;
    if (!others) return [];
    const first = await this.#finder.goneRecords(others, window, sheet, this.#now);
    if (first.length === 0) return [];
    await this.#untilCallsAreRead(signal);
    const again = await this.#read(list, window, signal);
    return this.#finder.goneRecords(others, window, again, this.#now);
  }

  async #absent(slice: DayWindow, sheet: Sheet): Promise<Candidate[]> {
    const { candidates, known } = await this.#finder.absent(slice, sheet, this.#now);
    if (candidates.length > Math.max(FEW_ABSENT, known * ABSENT_SHARE)) {
      throw new PermanentError(
        `the source does not show ${candidates.length} of ${known} bookings that are known from ` +
          `${slice.from} to ${slice.to}: nothing is taken as deleted. See whether the account is ` +
          "active and the key may read all bookings",
      );
    }
    return candidates;
  }

  async #enter(candidates: readonly Candidate[], signal: AbortSignal): Promise<void> {
    if (this.#task.wanted.isDry) {
      await this.#note(await this.#dryLook.confirmed(candidates, signal));
      return;
    }
    for (let start = 0; start < candidates.length; start += CHUNK) {
      while ((await this.settle()) > MOST_WAITING - CHUNK) await sleep(POLL_MS, signal);
      await this.#enterChunk(candidates.slice(start, start + CHUNK));
    }
  }

  async #enterChunk(candidates: readonly Candidate[]): Promise<void> {
    const { db, inbox, differences, connection, onEntered } = this.#parts;
    const now = this.#now;
    const deliveries = candidates.map(({ notice }) => listedNotice(connection.id, notice, now));
    const progress = await db.transaction(async (trx) => {
      const positions = await inbox.add(trx, deliveries);
      const found = candidates.flatMap(({ found }, index) =>
        found ? [{ ...found, delivery: positions[index] ?? null }] : [],
      );
      await differences.note(trx, connection.id, found, now);
      const before = this.#task.progress;
      const after = {
        ...before,
        entered: before.entered + candidates.length,
        differing: before.differing + found.length,
        waiting: [...before.waiting, ...positions],
      };
      await this.#task.save(after, trx);
      return after;
    });
    this.#task.progress = progress;
    onEntered();
  }

  /** Of a dry run: noted, and nothing is done about it. */
  async #note(candidates: readonly Candidate[]): Promise<void> {
    const { db, differences, connection } = this.#parts;
    const found = candidates.flatMap(({ found }) => (found ? [{ ...found, delivery: null }] : []));
    await db.transaction((trx) => differences.note(trx, connection.id, found, this.#now));
    const { progress } = this.#task;
    await this.#save({ ...progress, differing: progress.differing + found.length });
  }

  async #save(progress: Progress): Promise<void> {
    await this.#task.save(progress);
    this.#task.progress = progress;
  }
}

function counted(progress: Progress, { bookings }: Sheet, here: number) {
  return { there: progress.there + bookings.size, here: progress.here + here };
}
