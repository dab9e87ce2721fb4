import fc from "fast-check";
import { expect, it } from "vitest";

import { CounterStore } from "../../src/db/counter-store.ts";
import { Database, type DatabaseLocation } from "../../src/db/database.ts";
import { HandlerTable } from "../../src/dispatch/handler-table.ts";
import { JobStore } from "../../src/dispatch/job-store.ts";
import { InboxStore } from "../../src/inbox/inbox-store.ts";
import { EventStore } from "../../src/normalize/event-store.ts";
import type { BookingLook } from "../../src/normalize/look.ts";
import { NormalizeStore, type ReadyLook } from "../../src/normalize/normalize-store.ts";
import { SubjectStore } from "../../src/normalize/subject-store.ts";
import { onEachStore } from "../harness/stores.ts";
import { cabinView, call, look } from "./booking-builder.ts";
import { history, type History } from "./booking-history.ts";

/** What one process of several has: a connection of its own to the one database. */
interface Process {
  db: Database;
  inbox: InboxStore;
  store: NormalizeStore;
}

async function startProcess(location: DatabaseLocation): Promise<Process> {
  const db = await Database.open(location);
  if ("sqliteFile" in location) {
    // Both share one thread here: the one that waited for the other's lock would keep it from going
    // on. And nothing here has to survive a power cut.
    await db.knex.raw("PRAGMA busy_timeout = 0");
    await db.knex.raw("PRAGMA synchronous = OFF");
  }
  const inbox = new InboxStore(db);
  const counters = new CounterStore(db);
  const jobs = new JobStore(db, new HandlerTable([]), counters);
  const subjects = new SubjectStore(db);
  const events = new EventStore();
  return { db, inbox, store: new NormalizeStore({ db, inbox, subjects, events, jobs, counters }) };
}

let bookings = 0;

/** The looks that a life's notices lead to, of a booking nobody knows, in the order of arrival. */
async function looksAt({ states, notices }: History, { db, inbox }: Process): Promise<ReadyLook[]> {
  const reference = String((bookings += 1));
  const looks: ReadyLook[] = [];
  for (const [index, { step, type }] of notices.entries()) {
    const deliveryId = `${reference}-${index}`;
    await inbox.append([newDelivery(deliveryId)]);
    const row: unknown = await db.knex("deliveries").where({ id: deliveryId }).first("position");
    const { position } = row as { position: number };
    // Looked at often enough that nothing is postponed: the state has the word.
    const calls = [call(type, { position, deliveryId, hash: deliveryId, looks: 3 })];
    const view = states[step] ?? cabinView();
    const seen: BookingLook = look({ reference, view, calls, isFetched: true });
    looks.push({ kind: "booking", look: seen });
  }
  return looks;
}

function newDelivery(id: string) {
  const request = { method: "POST", query: "", rawHeaders: [], body: Buffer.alloc(0) };
  return { id, connection: "bikes", receivedAt: Date.now(), ...request };
}

async function commitAll({ store }: Process, looks: readonly ReadyLook[]): Promise<void> {
  for (const one of looks) await store.commit("bikes", [one], [], Date.now());
}

/** Everything that the commits left behind about the booking of the looks. */
async function traces({ db }: Process, [first]: readonly ReadyLook[]) {
  const reference = first?.kind === "booking" ? first.look.reference : "";
  const events: { version: number; ordinal: number; type: string }[] = await db
    .knex("events")
    .where({ connection: "bikes", subject: reference })
    .orderBy("position")
    .select("version", "ordinal", "type");
  const deliveries: { state: string }[] = await db
    .knex("deliveries")
    .where("id", "like", `${reference}-%`)
    .orderBy("position")
    .select("state");
  const subject: unknown = await db
    .knex("subjects")
    .where({ connection: "bikes", subject: reference })
    .first("version", "ordinal", "status");
  return { events, deliveries, subject };
}

onEachStore((store) => {
  it(
    "two processes that compare the same booking at the same time give the events of one",
    { timeout: 120_000 },
    async () => {
      const location = await store.newLocation();
      const one = await startProcess(location);
      const other = await startProcess(location);

      await fc.assert(
        fc.asyncProperty(history, async (life) => {
          const alone = await looksAt(life, one);
          await commitAll(one, alone);
          const shared = await looksAt(life, one);

          await Promise.all([commitAll(one, shared), commitAll(other, shared)]);

          expect(await traces(other, shared)).toEqual(await traces(one, alone));
        }),
        { numRuns: store.name === "sqlite" ? 40 : 20 },
      );
      await Promise.all([one.db.close(), other.db.close()]);
    },
  );

  it("two first looks at a booking, of different calls, make one booking and number its events", async () => {
    const location = await store.newLocation();
    const one = await startProcess(location);
    const other = await startProcess(location);
    const life: History = {
      states: [cabinView(), cabinView({ status: "confirmed" })],
      notices: [
        { step: 1, type: "booking.requested" },
        { step: 1, type: "booking.confirmed" },
      ],
    };

    for (let round = 0; round < 10; round += 1) {
      const looks = await looksAt({ ...life, notices: life.notices.slice(round % 2) }, one);
      await Promise.all([commitAll(one, looks.slice(0, 1)), commitAll(other, looks.slice(-1))]);

      const { events, subject } = await traces(one, looks);
      expect(events.map(({ type }) => type)).toEqual(["booking.confirmed"]);
      expect(subject).toMatchObject({ version: 1, ordinal: 1, status: "confirmed" });
    }
    await Promise.all([one.db.close(), other.db.close()]);
  });

  it("two changes of a booking that are compared at the same time are two versions, and none is lost", async () => {
    const location = await store.newLocation();
    const one = await startProcess(location);
    const other = await startProcess(location);
    const life: History = {
      states: [cabinView(), { status: "confirmed" }, { notes: "two dogs" }],
      notices: [
        { step: 0, type: "booking.requested" },
        { step: 1, type: "booking.confirmed" },
        { step: 2, type: "booking.modified" },
      ],
    };

    for (let round = 0; round < 10; round += 1) {
      const looks = await looksAt(life, one);
      await commitAll(one, looks.slice(0, 1));
      await Promise.all([commitAll(one, looks.slice(1, 2)), commitAll(other, looks.slice(2))]);

      const { events, subject } = await traces(one, looks);
      expect(events.map(({ ordinal }) => ordinal)).toEqual([1, 2, 3]);
      expect(subject).toMatchObject({ version: 3, ordinal: 3, status: "confirmed" });
    }
    await Promise.all([one.db.close(), other.db.close()]);
  });
});
