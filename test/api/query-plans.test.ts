import { describe, expect, it } from "vitest";
import { z } from "zod";

import { IncidentStore } from "../../src/alerts/incident-store.ts";
import type { BooksInstance } from "../../src/books/books-instances.ts";
import { booksPage, booksTotalsPage } from "../../src/books/books-pages.ts";
import {
  byDocuments,
  byJobs,
  byServiceDay,
  countByServiceDay,
  withoutDay,
} from "../../src/books/candidates.ts";
import { beginningsOf } from "../../src/books/first-events.ts";
import { readLanes } from "../../src/books/lanes.ts";
import { readAccounts } from "../../src/books/read-accounts.ts";
import { CounterStore } from "../../src/db/counter-store.ts";
import type { Database } from "../../src/db/database.ts";
import { hasOwner } from "../../src/db/ownership.ts";
import { FactStore } from "../../src/db/fact-store.ts";
import { HandlerTable } from "../../src/dispatch/handler-table.ts";
import { JobStore } from "../../src/dispatch/job-store.ts";
import { PauseStore } from "../../src/dispatch/pause-store.ts";
import { EffectStore } from "../../src/effects/effect-store.ts";
import { InboxStore } from "../../src/inbox/inbox-store.ts";
import { IntakeLoad } from "../../src/inbox/intake-load.ts";
import { activityIn } from "../../src/queries/activity.ts";
import { bookingIdsBetween, bookingsById } from "../../src/queries/bookings-between.ts";
import { findBooking } from "../../src/queries/bookings.ts";
import { incidentList } from "../../src/queries/incidents.ts";
import { cursorOf } from "../../src/queries/cursor.ts";
import { findDelivery } from "../../src/queries/deliveries.ts";
import { findEvent } from "../../src/queries/events.ts";
import { readListQuery } from "../../src/queries/filters.ts";
import { attemptsOf, findJob } from "../../src/queries/jobs.ts";
import { readPage } from "../../src/queries/list.ts";
import { readReplay, Replays } from "../../src/queries/replays.ts";
import { findTurn, jobsOfEvent, lastTurn } from "../../src/queries/schedules.ts";
import { accountingSettings } from "../../src/sdk/accounting/settings.ts";
import { readStatus } from "../../src/queries/status.ts";
import { OccurrenceStore } from "../../src/schedule/occurrence-store.ts";
import { onEachStore, type StoreUnderTest } from "../harness/stores.ts";
import { filterChoices, LIST_CASES, type ListCase } from "./list-cases.ts";
import { fullScans, statementsOf } from "./query-plans.ts";
import { HANDLERS, makeRows, MINUTE, NOON, storeRows } from "./rows.ts";

async function filledStore(store: StoreUnderTest, rows = 60): Promise<Database> {
  const db = await store.open();
  await storeRows(db, makeRows(rows));
  return db;
}

/** Runs the work and explains all that it asked. */
async function scansOf(db: Database, work: () => Promise<unknown>): Promise<string[]> {
  const statements = await statementsOf(db, work);
  const selects = statements.filter(({ sql }) => /^select/i.test(sql));
  expect(selects.length).toBeGreaterThan(0);
  const scans: string[] = [];
  for (const statement of selects) scans.push(...(await fullScans(db, statement)));
  return scans;
}

async function readList(db: Database, { list }: ListCase, query: Record<string, string>) {
  const asked = readListQuery(list.filters, query);
  await readPage(db, list, asked.filters, asked.page);
}

async function allOf<T>(pages: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

/** Books that keep whatever they hear of. */
function booksOf(handler: string): BooksInstance {
  const refused = () => Promise.reject(new Error("nobody is asked"));
  return {
    ...{ id: "books", handler, on: ["booking.confirmed"], when: {}, mode: "live", moments: [] },
    ...{ handlers: [handler], target: { post: refused, read: refused } },
    settings: z.object(accountingSettings).parse({}),
  };
}

onEachStore((store) => {
  describe.each(LIST_CASES)("$list.name", (listCase) => {
    it("no choice of filters reads a whole table, on the first page or a later one", async () => {
      const db = await filledStore(store, listCase.planRows);
      const choices = filterChoices(listCase, 1);

      for (const given of choices) {
        for (const cursor of [{}, { cursor: cursorOf(40) }]) {
          const scans = await scansOf(db, () => readList(db, listCase, { ...given, ...cursor }));
          expect(scans, JSON.stringify(given)).toEqual([]);
        }
      }
    });
  });

  it.each<{ state?: string; name?: string; kind?: string }>([
    { state: "open" },
    { state: "closed" },
    { name: "silent:bikes" },
    { kind: "dead" },
  ])("incidents with %j are listed", async (query) => {
    const db = await store.open();
    const incidents = new IncidentStore(db);
    await incidents.begin({ name: "silent:bikes", kind: "silent", reason: "" }, []);
    for (const over of [true, false]) {
      await incidents.begin({ name: "dead:a/b", kind: "dead", reason: "" }, []);
      const dead = (await incidents.open()).get("dead:a/b");
      if (over && dead) await incidents.close(dead, []);
    }
    const { filters, page } = readListQuery(incidentList.filters, query);

    const { rows } = await readPage(db, incidentList, filters, page);

    const names = rows.map(({ name, closedAt }) => `${name}${closedAt === null ? "" : " over"}`);
    expect(names).toEqual(
      ["dead:a/b", "dead:a/b over", "silent:bikes"].filter((name) =>
        query.state === undefined
          ? name.startsWith(query.name ?? query.kind ?? "")
          : name.endsWith("over") === (query.state === "closed"),
      ),
    );
  });

  it("one delivery, event, booking or job is found by an index", async () => {
    const db = await filledStore(store);

    const scans = await scansOf(db, async () => {
      await findDelivery(db, "delivery-3");
      await findEvent(db, "event-3");
      await findBooking(db, "bikes", "1004");
      await findJob(db, "job-3");
      await attemptsOf(db, "job-3");
    });

    expect(scans).toEqual([]);
  });

  it("what is due, and how it ended, is found by an index", async () => {
    // Of few rows MariaDB rather reads them all, and is right.
    const db = await filledStore(store, 1_000);
    const occurrences = new OccurrenceStore(db);

    const scans = await scansOf(db, async () => {
      await occurrences.due(50);
      await occurrences.coming("reminder", Date.UTC(2026, 2, 3), 1);
      await occurrences.plannedUntil(Date.UTC(2026, 2, 2, 13), 50);
      await occurrences.plannedUntil(Date.UTC(2026, 2, 2, 13), 50, "reminder");
      await lastTurn(db, "reminder");
      await findTurn(db, { schedule: "digest/digest", slot: "4" });
      await jobsOfEvent(db, "event-3");
      await hasOwner(db, "schedule");
    });

    expect(scans).toEqual([]);
  });

  it("what takes place in a time is found by an index, of all connections or of some", async () => {
    const db = await filledStore(store, 300);
    await db.knex("subjects").update({ ends_on: db.knex.ref("starts_on") });
    const statuses = ["confirmed", "requested"] as const;
    const days = { firstDay: "2026-05-12", lastDay: "2026-05-31", today: "2026-05-20" };

    const scans = await scansOf(db, async () => {
      for (const connections of [undefined, ["fjord", "bikes"]]) {
        const ids = await bookingIdsBetween(db, { ...days, statuses, limit: 500, connections });
        expect(ids.length).toBeGreaterThan(0);
        await allOf(bookingsById(db, ids.slice(0, 5), statuses));
      }
    });

    expect(scans).toEqual([]);
  });

  it("the status of the installation counts nothing over history", async () => {
    const db = await filledStore(store);

    const scans = await scansOf(db, () =>
      readStatus({
        db,
        pauses: new PauseStore(db),
        facts: new FactStore(db),
        spool: undefined,
        clock: { now: Date.now },
        handlers: HANDLERS.map((id) => ({ id, mode: "live" })),
        connections: [{ id: "fjord", source: "tourcms", mode: "live", simulated: false }],
        mailMode: "rehearsal",
      }),
    );

    expect(scans).toEqual([]);
  });

  it.each([{}, { connections: ["fjord", "bikes"] }])(
    "what has happened in a time is found by an index, whatever came before %j",
    async ({ connections }) => {
      const db = await filledStore(store, 1_000);
      const window = { since: NOON + 100 * MINUTE, until: NOON + 200 * MINUTE };

      const scans = await scansOf(db, async () => {
        const { bookings } = await activityIn(db, window, connections);
        expect(bookings.length).toBeGreaterThan(0);
        const all = { since: NOON - MINUTE, until: NOON + 2_000 * MINUTE };
        const { troubles, leftOff } = await activityIn(db, all, connections);
        expect(troubles).toHaveLength(100);
        expect(leftOff).toBeGreaterThan(0);
      });

      expect(scans).toEqual([]);
    },
  );

  it("bookings are put beside their books by indexes, whichever are looked at", async () => {
    const db = await filledStore(store, 1_000);
    await db.knex("effects").update({ period: "2026-03", handler: "books/documents" });
    await db.knex("jobs").where({ handler: "books/post" }).update({ handler: "books/documents" });
    const stores = {
      db,
      effects: new EffectStore(db),
      pauses: new PauseStore(db),
      clock: { now: Date.now },
    };
    const instance = booksOf("books/documents");
    const wanted = { connections: ["fjord", "bikes"], since: "2026-05-12" };

    const scans = await scansOf(db, async () => {
      await countByServiceDay(db, wanted);
      const walks = [byServiceDay(db, wanted), withoutDay(db, wanted)];
      const bookings = (await Promise.all(walks.map(allOf))).flat();
      await readAccounts(stores, instance, bookings.slice(0, 100));
      await readLanes(stores, instance, bookings.slice(0, 50));
      await beginningsOf(db, ["booking.confirmed"], bookings.slice(0, 50));
      const march = { ...wanted, since: "2026-03-01" };
      expect(await allOf(byDocuments(db, instance.handler, march))).toHaveLength(1_000);
      expect((await allOf(byJobs(db, instance.handler))).length).toBeGreaterThan(0);
      for (const query of [{}, { month: "2026-05" }, { connection: "fjord", differs: "true" }]) {
        await booksPage(stores, [instance], query);
      }
      await booksTotalsPage(stores, [instance], { connection: "fjord" });
    });

    expect(scans).toEqual([]);
  });

  it.each([
    { kind: "deliveries", connection: "fjord", until: "2026-03-02T13:00:00Z" },
    { kind: "deliveries", state: "failed", since: "2026-03-03T01:00:00Z" },
    { kind: "jobs", handler: "books/post" },
    { kind: "jobs", state: "dead", connection: "fjord" },
    { kind: "jobs", since: "2026-03-02T13:00:00Z", until: "2026-03-02T14:00:00Z" },
    { kind: "jobs", since: "2026-03-02T13:00:00Z", handler: "books/post" },
  ])("a replay by $kind finds its rows by an index", async (given) => {
    // Of few rows MariaDB rather reads them all, and is right.
    const db = await filledStore(store, 1_000);
    const [counters, load] = [new CounterStore(db), new IntakeLoad()];
    const jobs = new JobStore(db, new HandlerTable([]), counters);
    const replays = new Replays({ db, inbox: new InboxStore(db), jobs, counters, load });

    const scans = await scansOf(db, async () => {
      await replays.count(readReplay(given));
      await replays.carryOn(await replays.begin(readReplay(given)));
    });

    expect(scans).toEqual([]);
  });
});
