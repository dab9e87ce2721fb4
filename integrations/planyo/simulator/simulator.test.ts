import { afterEach, describe, expect, it } from "vitest";

import type { BookingView, Notice, SimulatedCall, SimulatedSystem } from "#sdk";
import { delivery, fetchContext, sourceContext, testClock, vendorServer } from "#sdk/testing";

import { fetchBooking } from "../api-view.ts";
import { callPlanyo } from "../client.ts";
import { PlanyoConfig } from "../config.ts";
import { read } from "../source.ts";
import { fixtureJson } from "../testing.ts";
import { simulator } from "./simulator.ts";

const NOW = Date.UTC(2026, 2, 2, 13, 20);
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const create = (seed = 1): SimulatedSystem => simulator.create({ seed, now: NOW });
const stories = create().stories;

function noticeOf(call: SimulatedCall, config: PlanyoConfig): Notice {
  const { method, query, body = Buffer.alloc(0) } = call;
  const [notice] = read(delivery({ method, query, body }), sourceContext(config));
  if (!notice) throw new Error("a call without a notice");
  return notice;
}

async function serve(system: SimulatedSystem): Promise<PlanyoConfig> {
  const server = await vendorServer((request) => system.answer(request));
  closers.push(() => server.close());
  return PlanyoConfig.parse(simulator.settings(`${server.url}/rest/`));
}

/** What notification and API both show; products are only in the API. */
function shared(view: BookingView): object {
  const { items, customer, ...rest } = view;
  return {
    ...rest,
    notes: undefined,
    internalNote: undefined,
    customer: { ...customer, custom: undefined },
    item: { ...items?.[0], kind: undefined },
  };
}

describe.each(stories)("the story %s", (story) => {
  it("is read without a remark, and the API shows the same booking at each step", async () => {
    const system = create();
    const config = await serve(system);

    for (const call of system.play(story)) {
      const notice = noticeOf(call, config);
      expect(notice.remark).toBeUndefined();
      expect(notice.announcement.type).not.toBe("source.unknown");
      if (notice.subject.kind !== "booking" || !notice.view) continue;

      const { reference } = notice.subject;
      const clock = testClock(NOW);
      const seen = await fetchBooking(reference, {}, fetchContext(config, { clock }));
      if (!notice.fetch) expect(seen).toBeUndefined();
      else expect(seen && shared(seen)).toEqual(shared(notice.view));
      const { impliedStatus } = notice.announcement;
      if (impliedStatus) expect(notice.view.status).toBe(impliedStatus);
    }
  });

  it("is the same with the same seed, whatever is played beside it", () => {
    const alone = [...create(7).play(story)];
    const system = create(7);
    const first = system.play(story)[Symbol.iterator]();
    const beside = system.play("rental")[Symbol.iterator]();

    const mixed: SimulatedCall[] = [];
    for (let step = first.next(); !step.done; step = first.next()) {
      mixed.push(step.value);
      beside.next();
    }

    expect(mixed).toEqual(alone);
  });
});

it("the stories between them tell of everything that Planyo tells of a booking", () => {
  const system = create();
  const config = PlanyoConfig.parse({});
  const documented = fixtureJson("index.json") as { notification_type: string }[];

  const told = new Set(
    stories.flatMap((story) =>
      [...system.play(story)].map((call) => noticeOf(call, config).announcement.native.event),
    ),
  );

  expect([...told].sort()).toEqual(
    [...new Set(documented.map(({ notification_type }) => notification_type))].sort(),
  );
});

it("bookings come as forms and as JSON, of guests of several scripts at example.com", () => {
  const system = create();
  const config = PlanyoConfig.parse({});

  const calls = Array.from({ length: 60 }, () => [...system.play("rental")]).flat();
  const guests = calls.map((call) => noticeOf(call, config).view?.customer);

  expect(new Set(calls.map(({ contentType }) => contentType)).size).toBe(2);
  expect(new Set(guests.map((guest) => guest?.country)).size).toBeGreaterThan(5);
  expect(guests.every((guest) => guest?.email?.endsWith("@example.com"))).toBe(true);
});

it("two bookings never share a number", () => {
  const system = create();
  const config = PlanyoConfig.parse({});

  const about = stories.map((story) =>
    [...system.play(story)].map((call) => noticeOf(call, config).subject),
  );

  const references = about.flatMap((subjects) => [
    ...new Set(subjects.flatMap((s) => (s.kind === "booking" ? [s.reference] : []))),
  ]);
  expect(new Set(references).size).toBe(references.length);
});

it("a system that is played again a minute later gives other numbers", () => {
  const numbers = (now: number) =>
    [...simulator.create({ seed: 1, now }).play("rental")].map(({ about }) => about);

  expect(numbers(NOW + 60_000)).not.toEqual(numbers(NOW));
});

it("a booking is found though our clock is a day behind the system's", async () => {
  const system = create();
  const config = await serve(system);
  const [call] = [...system.play("rental")];
  const clock = testClock(NOW - 86_400_000);

  const notice = call && noticeOf(call, config);
  const reference = notice?.subject.kind === "booking" ? notice.subject.reference : "";
  const view = await fetchBooking(reference, {}, fetchContext(config, { clock }));

  expect(view?.status).toBe("checked_out");
});

describe("the API refuses a look at a booking", () => {
  const look = async (parts: Record<string, unknown>, reference = "9000010") => {
    const config = { ...(await serve(create())), ...parts };
    return fetchBooking(reference, {}, fetchContext(config, { clock: testClock(NOW) }));
  };

  it.each([
    ["with a wrong key", { apiKey: "wrong" }, "Invalid API key"],
    ["with a wrong hash key", { hashKey: "wrong" }, "Invalid hash key"],
    ["without a hash", { hashKey: undefined }, "Invalid timestamp passed"],
  ])("%s", async (_title, parts, message) => {
    await expect(look(parts)).rejects.toThrow(message);
  });

  it("and knows none before a story is told", async () => {
    expect(await look({})).toBeUndefined();
  });
});

it("the payments of a booking can be listed", async () => {
  const system = create();
  const config = await serve(system);
  const [first] = [...system.play("rental")];
  const notice = first && noticeOf(first, config);

  const reference = notice?.subject.kind === "booking" ? notice.subject.reference : "";
  const context = fetchContext(config, { clock: testClock(NOW) });
  const data = await callPlanyo(
    "list_reservation_payments",
    { reservation_id: reference },
    context,
  );

  expect(data).toMatchObject({ results: [{ currency: "EUR", payment_status: "1" }] });
});
