import { afterEach, describe, expect, it } from "vitest";

import type {
  Delivery,
  ListedBooking,
  ListPage,
  SimulatedCall,
  SimulatorOptions,
  TimeWindow,
} from "#sdk";
import {
  checkContext,
  delivery,
  fetchContext,
  sourceContext,
  testClock,
  vendorServer,
} from "#sdk/testing";

import { fetchBooking } from "../api-view.ts";
import { registerCallbacks } from "../callbacks.ts";
import { check } from "../check.ts";
import { PlanyoConfig } from "../config.ts";
import { planyoLists } from "../lists/lists.ts";
import { describe as describeSite } from "../site.ts";
import { read } from "../source.ts";
import { SimulatedPlanyo, simulator } from "./simulator.ts";

const NOW = Date.UTC(2026, 2, 2, 13, 20);
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function serve(options: Partial<SimulatorOptions> = {}) {
  const clock = testClock(NOW);
  const system = new SimulatedPlanyo({ seed: 1, now: NOW, clock: () => clock.now(), ...options });
  const server = await vendorServer((request) => system.answer(request));
  closers.push(() => server.close());
  const config = PlanyoConfig.parse(simulator.settings(`${server.url}/rest/`));
  const learned: Record<string, string> = {};
  const context = () =>
    fetchContext(config, { clock, learned, learn: (name, value) => (learned[name] = value) });
  return { system, clock, config, learned, context };
}

type Served = Awaited<ReturnType<typeof serve>>;

async function starting({ context }: Served, from: string, to: string): Promise<ListedBooking[]> {
  return allPages((page) =>
    planyoLists.starting.read({ window: { from, to }, part: "", page }, context()),
  );
}

async function list({ context }: Served, id: string, window: TimeWindow): Promise<ListPage> {
  const lists = [...planyoLists.changed, ...(planyoLists.daily ?? [])];
  const found = lists.find((one) => one.id === id);
  if (!found) throw new Error(`there is no list ${id}`);
  return found.read({ window, part: "", page: 0 }, context());
}

async function allPages(readPage: (page: number) => Promise<ListPage>): Promise<ListedBooking[]> {
  const found: ListedBooking[] = [];
  for (let page = 0; ; page += 1) {
    const { bookings, isLast } = await readPage(page);
    found.push(...bookings);
    if (isLast) return found;
  }
}

function nextCall(story: Iterator<SimulatedCall>): Delivery {
  const step = story.next();
  if (step.done) throw new Error("the story is over");
  const { method, query, body = Buffer.alloc(0) } = step.value;
  return delivery({ method, query, body });
}

const references = (bookings: readonly ListedBooking[]) =>
  bookings.map(({ reference }) => reference);

describe("a system with many bookings", () => {
  it("lists each of those to come once, with what a look at it shows", async () => {
    const served = await serve();
    served.system.populate(1200);
    const truth = [...served.system.truth()];
    const coming = truth.filter(({ startsOn }) => startsOn > "2026-03-02");

    const found = await starting(served, "2026-03-03", "2027-04-01");

    expect(references(found)).toEqual(coming.map(({ reference }) => reference));
    expect(new Set(truth.map(({ status }) => status)).size).toBeGreaterThan(5);
    expect(served.system.calls.get("list")).toBe(3);
    for (const { reference, view } of found.slice(0, 20)) {
      const { items, ...fetched } = (await fetchBooking(reference, {}, served.context())) ?? {};
      expect(view).toEqual(fetched);
      expect(items?.length).toBeGreaterThan(0);
    }
  });

  it("says what is true of each of them", async () => {
    const served = await serve();
    served.system.populate(300);

    for (const { reference, ...rest } of [...served.system.truth()].slice(0, 100)) {
      const view = await fetchBooking(reference, {}, served.context());
      expect({
        status: view?.status,
        startsOn: view?.start?.date,
        total: view?.totals?.total,
        paid: view?.totals?.paid,
      }).toEqual(rest);
    }
  });

  it("has them made in the past weeks, a few for days gone by", async () => {
    const served = await serve();
    served.system.populate(400);
    const window = { since: NOW - 61 * DAY_MS, until: NOW };

    const { bookings } = await list(served, "made", window);

    const days = [...served.system.truth()].map(({ startsOn }) => startsOn);
    const past = days.filter((day) => day < "2026-03-02").length;
    expect(bookings).toHaveLength(400);
    expect(past).toBeGreaterThan(10);
    expect(past).toBeLessThan(100);
  });

  it("gives others when it is asked again, before those of its stories", async () => {
    const { system } = await serve();
    system.populate(50);
    system.populate(50);
    const [call] = system.play("rental");

    const numbers = [...system.truth()].map(({ reference }) => Number(reference));
    expect(new Set(numbers).size).toBe(101);
    expect(call?.about).toBe(`reservation ${Math.max(...numbers)}`);
  });

  it("finds the reservations of two weeks among 30,000, page by page", async () => {
    const served = await serve();
    served.system.populate(30_000);
    const context = served.context();

    const found = await allPages((page) =>
      planyoLists.starting.read(
        { window: { from: "2026-07-01", to: "2026-07-14" }, part: "", page },
        context,
      ),
    );

    expect(found.length).toBeGreaterThan(900);
    expect(new Set(found.map(({ reference }) => reference)).size).toBe(found.length);
  });
});

describe("what happens to a booking", () => {
  it("is in the log when it happens, by the system's clock", async () => {
    const served = await serve();
    const story = served.system.play("rental")[Symbol.iterator]();
    const at: number[] = [];
    for (let step = story.next(); !step.done; step = story.next()) {
      at.push(served.clock.now());
      served.clock.advance(2 * HOUR_MS);
    }

    const all = await list(served, "actions", { since: NOW, until: served.clock.now() });
    const last = at.at(-1) ?? 0;
    const early = await list(served, "actions", { since: NOW, until: NOW + HOUR_MS });
    const late = await list(served, "actions", { since: last + HOUR_MS, until: last + DAY_MS });

    expect(at).toHaveLength(5);
    expect(all.bookings.map(({ changedAt }) => changedAt)).toEqual([last]);
    expect(early.bookings.map(({ changedAt }) => changedAt)).toEqual([NOW]);
    expect(late.bookings).toEqual([]);
  });

  it("is told of a payment on the day it was made", async () => {
    const served = await serve();
    const story = served.system.play("rental")[Symbol.iterator]();
    story.next();
    story.next();
    served.clock.advance(3 * DAY_MS);
    story.next();

    const day = { since: served.clock.now(), until: served.clock.now() };
    const paid = await list(served, "payments", day);
    const before = await list(served, "payments", { since: NOW, until: NOW + DAY_MS });

    const [truth] = [...served.system.truth()];
    expect(paid.bookings).toMatchObject([
      { payments: [{ amount: truth?.paid, method: "Paypal" }] },
    ]);
    expect(before.bookings).toEqual([]);
  });

  it("can be deleted, and is in no list any more", async () => {
    const served = await serve();
    const calls = [...served.system.play("removed")];

    expect(calls.length).toBeGreaterThan(1);
    expect(await starting(served, "2026-03-01", "2026-12-31")).toEqual([]);
    expect([...served.system.truth()]).toEqual([]);
  });

  it("also happens silently: money, days and addresses change without a call", async () => {
    const served = await serve();
    served.system.populate(200);
    const before = new Map([...served.system.truth()].map((one) => [one.reference, one]));
    served.clock.advance(HOUR_MS);

    const words = Array.from({ length: 60 }, () => served.system.changeSilently() ?? "");

    for (const kind of ["paid at the counter", "removed", "moved by", "address edited"]) {
      expect(words.some((text) => text.includes(kind))).toBe(true);
    }
    const hour = { since: served.clock.now(), until: served.clock.now() };
    const { bookings } = await list(served, "actions", hour);
    const changed = [...served.system.truth()].filter(
      (one) => JSON.stringify(one) !== JSON.stringify(before.get(one.reference)),
    );
    expect(changed.length).toBeGreaterThan(10);
    expect(references(bookings)).toEqual(
      expect.arrayContaining(changed.map(({ reference }) => reference)),
    );
  });

  it("moves a booking to its new day in the lists", async () => {
    const served = await serve();
    const story = served.system.play("modified")[Symbol.iterator]();
    story.next();
    story.next();
    const startsOn = () => [...served.system.truth()][0]?.startsOn ?? "";
    const first = startsOn();
    expect(await starting(served, first, first)).toHaveLength(1);

    story.next();

    expect(await starting(served, first, first)).toHaveLength(0);
    expect(await starting(served, startsOn(), startsOn())).toHaveLength(1);
  });
});

describe("a system that lags", () => {
  const LAG_MS = 5_000;

  it("shows a booking as it was before its last change, in looks and lists", async () => {
    const served = await serve({ lagMs: LAG_MS });
    const story = served.system.play("cancelled-by-staff")[Symbol.iterator]();
    const statuses = async () => {
      const [truth] = [...served.system.truth()];
      const reference = truth?.reference ?? "";
      const view = await fetchBooking(reference, {}, served.context());
      const listed = await starting(served, "2026-03-01", "2026-12-31");
      return [truth?.status, view?.status, listed[0]?.view?.status];
    };

    story.next();
    expect(await statuses()).toEqual(["requested", "requested", "requested"]);
    story.next();
    served.clock.advance(LAG_MS - 1);
    expect(await statuses()).toEqual(["confirmed", "requested", "requested"]);
    served.clock.advance(1);
    expect(await statuses()).toEqual(["confirmed", "confirmed", "confirmed"]);
    story.next();
    expect(await statuses()).toEqual(["cancelled", "confirmed", "confirmed"]);
  });

  it("shows a deleted booking for a while", async () => {
    const served = await serve({ lagMs: LAG_MS });
    const calls = served.system.play("removed")[Symbol.iterator]();
    calls.next();
    const [{ reference } = { reference: "" }] = [...served.system.truth()];
    calls.next();
    served.clock.advance(LAG_MS);
    calls.next();

    expect((await fetchBooking(reference, {}, served.context()))?.status).toBe("cancelled");
    expect([...served.system.truth()]).toEqual([]);
    served.clock.advance(LAG_MS);
    expect(await fetchBooking(reference, {}, served.context())).toBeUndefined();
  });

  it("lags with silent changes and the log, too", async () => {
    const served = await serve({ lagMs: LAG_MS });
    served.system.populate(1);
    const [before] = [...served.system.truth()];
    const reference = before?.reference ?? "";
    served.clock.advance(HOUR_MS);
    for (let turn = 0; turn < 20; turn += 1) served.system.changeSilently();
    const hour = { since: served.clock.now(), until: served.clock.now() + HOUR_MS };

    expect((await list(served, "actions", hour)).bookings).toEqual([]);
    served.clock.advance(LAG_MS);
    expect(references((await list(served, "actions", hour)).bookings)).toEqual([reference]);
    const view = await fetchBooking(reference, {}, served.context());
    const [after] = [...served.system.truth()];
    expect(view?.totals?.paid).toEqual(after?.paid);
  });
});

it("rows that move are missed or doubled now and then, at the edges of pages", async () => {
  const passes: string[][] = [];
  const served = await serve({ hasMovingRows: true });
  served.system.populate(1200);
  const wanted = [...served.system.truth()].filter(({ startsOn }) => startsOn > "2026-03-02");

  for (let pass = 0; pass < 8; pass += 1) {
    passes.push(references(await starting(served, "2026-03-03", "2027-04-01")));
  }

  expect(passes.some((pass) => new Set(pass).size < pass.length)).toBe(true);
  expect(passes.some((pass) => new Set(pass).size < wanted.length)).toBe(true);
  expect(new Set(passes.flat()).size).toBe(wanted.length);
});

it("a booking can be looked up so often in an hour, and no more", async () => {
  const served = await serve({ hourlyLimit: 3 });
  const look = () => fetchBooking("1", {}, served.context());

  for (let call = 0; call < 3; call += 1) expect(await look()).toBeUndefined();
  await expect(look()).rejects.toMatchObject({ kind: "retryable" });
  expect([...served.system.calls]).toEqual([
    ["show", 3],
    ["refused", 1],
  ]);
  served.clock.advance(HOUR_MS);
  expect(await look()).toBeUndefined();
});

it("closures that bookings must keep clear of are in the list as they are in the calls", async () => {
  const served = await serve();
  const story = served.system.play("closure")[Symbol.iterator]();
  const window = { since: NOW, until: NOW };
  const post = nextCall(story);

  const { records } = await list(served, "closures", window);

  const [notice] = read(post, sourceContext(served.config));
  expect(records?.map(({ subject }) => subject)).toEqual([notice?.subject]);
  expect(notice?.record).toMatchObject(records?.[0]?.record ?? {});
  story.next();
  story.next();
  expect((await list(served, "closures", window)).records).toEqual([]);
  story.next();
  expect((await list(served, "closures", window)).records).toHaveLength(3);
});

it("callbacks about bookings are kept by event", async () => {
  const served = await serve();

  await registerCallbacks("https://hooks.example.com/a", served.context());

  expect(served.system.callbacks.get("hourly")).toEqual(["https://hooks.example.com/a"]);
  expect(served.system.calls.get("callbacks")).toBe(17);
});

it("the site that bookings come from can be checked and described", async () => {
  const { config, clock } = await serve();

  expect(await check(checkContext(config, { clock }))).toContain("Refugi de la Riera");
  expect(await describeSite(checkContext(config, { clock }))).toMatchObject({
    timeZone: "Europe/Madrid",
    language: "ca",
    parts: [{ id: "3201" }, { id: "3202" }, { id: "3203" }, { id: "3210" }],
  });
});

it("a booking of a story shows what the site's timestamps mean", async () => {
  const served = await serve();
  const config = { ...served.config, timestamps: "auto" as const };
  const post = nextCall(served.system.play("rental")[Symbol.iterator]());
  const [notice] = read(post, sourceContext(config));
  const reference = notice?.subject.kind === "booking" ? notice.subject.reference : "";

  await fetchBooking(reference, notice?.fetch ?? {}, { ...served.context(), config });

  expect(served.learned["timestamps"]).toBe("true_epoch");
});
