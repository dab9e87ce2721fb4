import { afterEach, expect, vi } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { FactStore } from "../../src/db/fact-store.ts";
import { SubjectStore } from "../../src/normalize/subject-store.ts";
import { ComparedDays } from "../../src/reconcile/compared-days.ts";
import { type Comparison, NO_PROGRESS, type Wanted } from "../../src/reconcile/comparison.ts";
import { ComparisonStore } from "../../src/reconcile/comparison-store.ts";
import { DifferenceStore } from "../../src/reconcile/difference-store.ts";
import { Reconciler, type ReconcilerParts } from "../../src/reconcile/reconciler.ts";
import type { BookingView } from "../../src/sdk/booking.ts";
import type { EventType, SubjectRecord } from "../../src/sdk/booking-event.ts";
import type {
  BookingList,
  ListedBooking,
  ListPage,
  RecordList,
  SourceLists,
} from "../../src/sdk/lists.ts";
import type { Notice } from "../../src/sdk/source.ts";
import { passWaits } from "../harness/passing-time.ts";
import { type NormalizerBench, openNormalizer } from "../harness/normalizer.ts";
import type { StoreUnderTest } from "../harness/stores.ts";

/** So long at the most a source is given before it is looked at once more. */
const LOOK_AGAIN_MS = 60_000;

/** A booking system of the test: what it has, what it shows, and what it was asked. */
export class World {
  readonly bookings = new Map<string, Held>();
  /** `list:0`, `show:1201` */
  readonly calls: string[] = [];
  pageSize = 100;
  announced: readonly EventType[] = ["booking.confirmed", "booking.cancelled"];
  /** Fails each call with it. */
  fault: Error | undefined;
  /** Fails each look at a booking with it. */
  lookFault: Error | undefined;
  /** Bookings that the lists leave out. */
  readonly hidden = new Set<string>();
  /** Bookings that the lists name and no look shows. */
  readonly unshown = new Set<string>();
  /** After so many calls to lists the first row becomes the last. */
  movesAfterCall = Infinity;
  /** What the lists of payments and closures show. */
  paid: ListedBooking[] = [];
  records: NonNullable<ListPage["records"]> = [];

  put(reference: string, view: BookingView, changedAt = Date.now() - 3_600_000): void {
    const before = this.bookings.get(reference)?.view.madeAt;
    const madeAt = before ?? new Date(changedAt).toISOString();
    this.bookings.set(reference, { view: { madeAt, ...view }, changedAt });
  }

  get lists(): SourceLists<unknown> {
    const rows = (isMeant: (held: Held) => boolean): ListedBooking[] =>
      [...this.bookings]
        .filter(([reference, held]) => isMeant(held) && !this.hidden.has(reference))
        .map(([reference, { view, changedAt }]) => ({
          reference,
          fetch: { id: reference },
          view,
          changedAt,
        }));
    const page = (all: readonly ListedBooking[], at: number): ListPage => ({
      bookings: all.slice(at * this.pageSize, (at + 1) * this.pageSize),
      total: all.length,
      isLast: (at + 1) * this.pageSize >= all.length,
    });
    return {
      isReady: () => true,
      starting: this.#list("starting", ({ from, to }, at) => {
        const isMeant = ({ view }: Held) => {
          const on = view.start?.date ?? "";
          return on >= from && on <= to;
        };
        return page(rows(isMeant), at);
      }),
      changed: [
        this.#list("changes", ({ since, until }, at) =>
          page(
            rows(({ changedAt }) => changedAt >= since && changedAt <= until),
            at,
          ),
        ),
        {
          ...this.#list("payments", () => ({
            bookings: this.paid,
            records: this.records,
            isLast: true,
          })),
          others: CLOSURES,
        },
      ],
      fetchOf: ({ reference }) => ({ id: reference }),
      announced: this.announced,
      dayOf: (epochMs) => new Date(epochMs).toISOString().slice(0, 10),
    };
  }

  fetchBooking = (reference: string): Promise<BookingView | undefined> => {
    this.calls.push(`show:${reference}`);
    const fault = this.lookFault ?? this.fault;
    if (fault) return Promise.reject(fault);
    const held = this.unshown.has(reference) ? undefined : this.bookings.get(reference);
    return Promise.resolve(held && { ...held.view, ...held.shownOnlyWhole });
  };

  #moveFirst(): void {
    const [first] = this.bookings;
    if (!first) return;
    this.bookings.delete(first[0]);
    this.bookings.set(...first);
  }

  #list<Window>(
    id: string,
    read: (window: Window, page: number) => ListPage,
  ): BookingList<unknown, Window> {
    return {
      id,
      read: ({ window, page }) => {
        this.calls.push(`${id}:${page}`);
        if (this.calls.length === this.movesAfterCall) this.#moveFirst();
        return this.fault ? Promise.reject(this.fault) : Promise.resolve(read(window, page));
      },
    };
  }
}

/** Closures are known to be gone by a field of theirs. */
const CLOSURES: RecordList<unknown, unknown> = {
  kind: "vacation",
  isGone: ({ state }) => state === "removed",
  asGone: ({ id, record }) => closure(id, { ...record, state: "removed" }),
};

export function closure(id: string, record: SubjectRecord): Notice {
  return {
    subject: { kind: "vacation", id },
    announcement: {
      type: "availability.changed",
      native: { event: "closures", fields: {} },
    },
    record,
  };
}

interface Held {
  view: BookingView;
  changedAt: number;
  /** What the lists leave out. */
  shownOnlyWhole?: BookingView;
}

export interface ReconcileBench extends NormalizerBench {
  db: Database;
  world: World;
  reconciler: Reconciler;
  comparisons: ComparisonStore;
  facts: FactStore;
  /** Asks, and waits for the end. What waits for a later look gets it at once. */
  compare(wanted: Wanted, kind?: Comparison["kind"]): Promise<Comparison>;
  /** `subject kind state cause` of each difference, oldest first. */
  differences(): Promise<string[]>;
  /** `subject type origin` of each event, in order. */
  told(): Promise<string[]>;
  stop(): Promise<void>;
}

/** No rounds, no nights, no first import: only what is asked. */
const QUIET = { everyMinutes: 0, at: "03:00", daysAhead: 400, importDays: 0, report: false };

/** Opens benches that are stopped after each test of the file. */
export function benches() {
  const running: ReconcileBench[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((bench) => bench.stop()));
  });
  return async (
    store: Pick<StoreUnderTest, "open">,
    ...rest: [World?, Partial<ReconcilerParts["rules"]>?]
  ): Promise<ReconcileBench> => {
    const bench = openReconciler(await store.open(), ...rest);
    running.push(bench);
    return bench;
  };
}

/** Compares on its own: real store, one connection to a booking system of the test. */
export function openReconciler(
  db: Database,
  world = new World(),
  rules: Partial<ReconcilerParts["rules"]> = {},
): ReconcileBench {
  const { lists } = world;
  const bench = openNormalizer(db, { lists, fetchBooking: world.fetchBooking });
  const { normalizer, connection, since, inbox, log } = bench;
  const comparisons = new ComparisonStore(db);
  const facts = new FactStore(db);
  const reconciler = new Reconciler({
    connection,
    lists,
    since,
    db,
    inbox,
    subjects: new SubjectStore(db),
    differences: new DifferenceStore(db),
    comparisons,
    days: new ComparedDays(db),
    facts,
    fetcher: normalizer.fetcher,
    health: normalizer.health,
    clock: { now: Date.now },
    rules: { ...QUIET, ...rules },
    onEntered: () => {
      normalizer.wake.call();
    },
    log,
  });
  normalizer.begin();
  reconciler.begin();
  return {
    ...bench,
    db,
    world,
    reconciler,
    comparisons,
    facts,
    async compare(wanted, kind = "reconcile") {
      const { id } = await comparisons.ask(connection.id, kind, wanted);
      reconciler.wake.call();
      return vi.waitFor(
        async () => {
          const comparison = await comparisons.find(id);
          if (comparison?.state === "open") await passWaits(db, LOOK_AGAIN_MS);
          expect(comparison?.state).not.toBe("open");
          return comparison ?? { ...missing, wanted };
        },
        { timeout: 20_000, interval: 20 },
      );
    },
    async differences() {
      const rows: { subject: string; kind: string; state: string; cause: string | null }[] =
        await db
          .knex("differences")
          .orderBy("position")
          .select("subject", "kind", "state", "cause");
      return rows.map(({ subject, kind, state, cause }) =>
        [subject, kind, state, cause].filter(Boolean).join(" "),
      );
    },
    async told() {
      const rows: { payload: Buffer }[] = await db
        .knex("events")
        .orderBy("position")
        .select("payload");
      return rows.map(({ payload }) => {
        const event = JSON.parse(payload.toString("utf8")) as Record<string, unknown>;
        return `${String(event["subject"])} ${String(event["type"])} ${String(event["origin"])}`;
      });
    },
    async stop() {
      await reconciler.end();
      await normalizer.end();
    },
  };
}

const missing = {
  id: "",
  position: 0,
  connection: "",
  kind: "reconcile",
  state: "failed",
  progress: NO_PROGRESS,
  reason: null,
  createdAt: 0,
  updatedAt: 0,
} as const;
