import { afterEach, describe, expect, it, vi } from "vitest";

import { Records } from "../../src/erase/records.ts";
import { SubjectStore } from "../../src/normalize/subject-store.ts";
import { ConfigurationError, PermanentError, RetryableError } from "../../src/sdk/errors.ts";
import {
  deliveryOf,
  type NormalizerBench,
  noticeOf,
  openNormalizer,
} from "../harness/normalizer.ts";
import { onEachBreakableStore } from "../harness/stores.ts";
import { cabinView } from "./booking-builder.ts";

let running: NormalizerBench | undefined;
afterEach(async () => {
  await running?.normalizer.end();
  running = undefined;
});

/** Waits until every delivery has ended; answers how. */
async function ends(bench: NormalizerBench): Promise<string[]> {
  await vi.waitFor(
    async () => {
      const deliveries = await bench.deliveries();
      expect(deliveries.filter((delivery) => delivery.startsWith("waiting"))).toEqual([]);
    },
    { timeout: 20_000, interval: 20 },
  );
  return bench.deliveries();
}

function fail(error: Error): never {
  throw error;
}

function begin(bench: NormalizerBench): void {
  running = bench;
  bench.normalizer.begin();
}

onEachBreakableStore((store) => {
  describe("a delivery that cannot be compared", () => {
    const requested = (reference: string, parts = {}) =>
      noticeOf(reference, "booking.requested", { view: cabinView(parts) });
    const impossible = { start: { date: "2026-07-04", time: "16:00", timeZone: "Mars/Secret" } };

    it("ends as failed, without a word of its content, and holds nobody up", async () => {
      const bench = openNormalizer(await store.open());
      await bench.deliver(requested("1"), requested("2", impossible), requested("3"));

      begin(bench);

      expect(await ends(bench)).toEqual([
        "done",
        "failed could not be compared or stored (RangeError)",
        "done",
      ]);
      expect(await bench.events()).toEqual(["1 booking.requested", "3 booking.requested"]);
      expect(bench.log.lines.join()).not.toContain("Secret");
    });

    it("does not hold up later calls about the same booking", async () => {
      const bench = openNormalizer(await store.open());
      await bench.deliver(requested("1", impossible), requested("1"));

      begin(bench);

      expect(await ends(bench)).toEqual([expect.stringMatching(/^failed/), "done"]);
    });

    it("and one that cannot be taken apart ends as failed as well", async () => {
      const bench = openNormalizer(await store.open());
      const torn = { subject: { kind: "booking", reference: "1" } } as never;
      await bench.deliver(torn, requested("2"));

      begin(bench);

      expect(await ends(bench)).toEqual(["failed could not be understood (TypeError)", "done"]);
    });
  });

  it.each([
    ["is understood", () => [noticeOf("1", "button.pressed")], "done"],
    ["is of no known account", () => fail(new PermanentError("who is that")), "failed"],
    ["waits for a key", () => fail(new ConfigurationError("no key")), "held"],
  ])("a card number is masked in query and body of a call that %s", async (_, read, state) => {
    const db = await store.open();
    const bench = openNormalizer(db, { read });
    const notice = noticeOf("4111111111111111", undefined);
    await bench.inbox.append([deliveryOf(notice, "id=1&note=4111+1111+1111+1111")]);

    begin(bench);

    expect(await ends(bench)).toEqual([expect.stringMatching(`^${state}`)]);
    const row: unknown = await db.knex("deliveries").first("query", "body");
    const { query, body } = row as { query: Buffer; body: Buffer };
    expect(query.toString()).toBe("id=1&note=XXXX+XXXX+XXXX+1111");
    expect(body.toString()).toContain("XXXXXXXXXXXX1111");
    expect(body.toString()).not.toContain("4111");
  });

  it.each([
    ["ends without its booking", new PermanentError("gone"), "failed", ""],
    ["waits for a key, and is read then", new ConfigurationError("no key"), "held", "Anna"],
  ])("of a call about an erased guest that %s", async (_, error, state, kept) => {
    const db = await store.open();
    const bench = openNormalizer(db, { fetchBooking: () => fail(error) });
    await bench.deliver(noticeOf("1", "booking.requested", { view: cabinView() }));
    begin(bench);
    await ends(bench);
    const records = new Records(db, new SubjectStore(db), new Set());
    await records.mark({ connection: bench.connection.id, reference: "1" });

    await bench.deliver(noticeOf("1", "booking.requested", { fetch: {}, remark: "Anna" }));

    expect(await ends(bench)).toEqual(["done", expect.stringMatching(`^${state}`)]);
    const row: unknown = await db.knex("deliveries").orderBy("position", "desc").first("body");
    const body = (row as { body: Buffer }).body.toString();
    expect(/Anna|^$/.exec(body)?.[0]).toBe(kept);
  });

  it("a source is asked no more at once than it allows, however many bookings wait", async () => {
    let running = 0;
    let most = 0;
    const bench = openNormalizer(await store.open(), {
      budget: () => ({ perHour: 3_000, concurrency: 4 }),
      async fetchBooking() {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running -= 1;
        return cabinView();
      },
    });
    const numbers = Array.from({ length: 60 }, (_, index) => String(index));
    await bench.deliver(
      ...numbers.map((number) => noticeOf(number, "booking.requested", { fetch: {} })),
    );

    begin(bench);

    expect(new Set(await ends(bench))).toEqual(new Set(["done"]));
    expect(most).toBe(4);
  });

  it("a key that is refused is not tried for every booking that waits", async () => {
    let calls = 0;
    const bench = openNormalizer(await store.open(), {
      budget: () => ({ perHour: 3_000, concurrency: 1 }),
      fetchBooking() {
        calls += 1;
        return Promise.reject(new ConfigurationError("the key is wrong"));
      },
    });
    const numbers = Array.from({ length: 20 }, (_, index) => String(index));
    await bench.deliver(
      ...numbers.map((number) => noticeOf(number, "booking.requested", { fetch: {} })),
    );

    begin(bench);

    expect(new Set(await ends(bench))).toEqual(new Set(["held the key is wrong"]));
    expect(calls).toBe(1);
  });

  it.runIf(store.name === "mariadb")(
    "a booking whose fetch failed while the database was away is fetched when it is back",
    async () => {
      const { server } = store;
      let fetches = 0;
      const bench = openNormalizer(await store.open(), {
        async fetchBooking() {
          fetches += 1;
          if (fetches > 1) return cabinView();
          await server?.kill();
          throw new RetryableError("the source is away too");
        },
      });
      await bench.deliver(noticeOf("1", "booking.requested", { fetch: {} }));

      begin(bench);
      await vi.waitFor(
        () => {
          expect(bench.log.lines.join()).toContain("could not note a fetch");
        },
        { timeout: 20_000 },
      );
      await server?.restart();

      expect(await ends(bench)).toEqual(["done"]);
    },
    60_000,
  );
});
