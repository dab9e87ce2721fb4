import { setTimeout as sleep } from "node:timers/promises";

import { expect, it, vi } from "vitest";

import { ConfigurationError } from "../../src/sdk/errors.ts";
import type { Money } from "../../src/sdk/money.ts";
import { eventually } from "../harness/eventually.ts";
import { noticeOf } from "../harness/normalizer.ts";
import { onEachStore } from "../harness/stores.ts";
import { benches, openReconciler, type ReconcileBench, World } from "./world.ts";

const DAYS = { from: "2026-12-01", to: "2026-12-31" };
const START = { date: "2026-12-24", time: "19:30", timeZone: "UTC" } as const;
const SINCE = { since: Date.now() - 86_400_000 };

const open = benches();

function money(amountMinor: number, currency: string): Money {
  return { amountMinor, currency };
}

function confirmed(total = 100_00) {
  return { status: "confirmed", start: START, totals: { total: money(total, "EUR") } } as const;
}

/** A booking that a call has told of. */
async function known(bench: ReconcileBench, reference: string, view = confirmed()): Promise<void> {
  bench.world.put(reference, view);
  await bench.deliver(noticeOf(reference, "booking.confirmed", { view, fetch: { id: reference } }));
  await eventually(async () => {
    expect(await bench.told()).toContain(`${reference} booking.confirmed notified`);
  });
}

onEachStore((store) => {
  it("a booking whose call was lost is found, repaired and reported", async () => {
    const bench = await open(store);
    bench.world.put("1201", confirmed());

    const { progress } = await bench.compare({ days: DAYS });

    expect(progress).toMatchObject({ there: 1, here: 0, entered: 1, differing: 1, failed: 0 });
    expect(await bench.told()).toEqual(["1201 booking.confirmed reconciled"]);
    expect(await bench.differences()).toEqual(["1201 missing repaired lost"]);
  });

  it("what agrees costs no look, and is no difference", async () => {
    const bench = await open(store);
    await known(bench, "1201");
    bench.world.calls.length = 0;

    const { progress } = await bench.compare({ days: DAYS, ...SINCE });

    expect(progress).toMatchObject({ there: 1, here: 1, entered: 0 });
    expect(bench.world.calls.filter((call) => call.startsWith("show"))).toEqual([]);
    expect(await bench.differences()).toEqual([]);
  });

  it("a price that the office has changed is repaired, and no call was ever to come", async () => {
    const bench = await open(store);
    await known(bench, "1201");
    bench.world.put("1201", confirmed(120_00));

    await bench.compare(SINCE);

    expect(await bench.told()).toContain("1201 booking.modified reconciled");
    expect(await bench.differences()).toEqual(["1201 different repaired unannounced"]);
    const row: unknown = await bench.db.knex("differences").first("fields");
    expect(JSON.parse((row as { fields: Buffer }).fields.toString())).toMatchObject([
      { path: "totals.total", before: { amountMinor: 100_00 }, after: { amountMinor: 120_00 } },
    ]);
  });

  it("a cancellation that nobody told of is one, once", async () => {
    const bench = await open(store);
    await known(bench, "1201");
    bench.world.put("1201", { ...confirmed(), status: "cancelled" });

    await bench.compare({ days: DAYS });
    await bench.compare({ days: DAYS, ...SINCE });

    const cancelled = (await bench.told()).filter((line) => line.includes("cancelled"));
    expect(cancelled).toEqual(["1201 booking.cancelled reconciled"]);
    expect(await bench.differences()).toEqual(["1201 different repaired lost"]);
  });

  it("a booking that the source has no more counts as removed after a second look", async () => {
    const bench = await open(store);
    await known(bench, "1201");
    bench.world.bookings.delete("1201");
    bench.world.calls.length = 0;

    await bench.compare({ days: DAYS });

    expect(bench.world.calls.filter((call) => call === "show:1201").length).toBeGreaterThan(1);
    expect((await bench.told()).at(-1)).toBe("1201 booking.removed reconciled");
    expect(await bench.differences()).toEqual(["1201 extra repaired unannounced"]);
  });

  it("a list that forgets a booking, which a look still shows, removes nothing", async () => {
    const bench = await open(store);
    await known(bench, "1201");
    bench.world.hidden.add("1201");

    await bench.compare({ days: DAYS });
    await bench.compare({ days: { ...DAYS, to: "2026-12-30" } });

    expect(await bench.told()).toEqual(["1201 booking.confirmed notified"]);
    expect(await bench.differences()).toEqual(["1201 extra unfounded"]);
  });

  it("what is listed and cannot be looked up is no failure, and is tried again a day later", async () => {
    const bench = await open(store);
    const { world, db } = bench;
    world.put("1201", confirmed());
    world.unshown.add("1201");

    await bench.compare({ days: DAYS });
    world.calls.length = 0;
    await bench.compare({ days: { ...DAYS, to: "2026-12-30" } });
    const looks = world.calls.filter((call) => call === "show:1201");
    const failed: unknown[] = await db.knex("deliveries").where({ state: "failed" }).select("id");
    const before = await bench.differences();
    world.unshown.clear();
    await db.knex("differences").update({ tried_at: Date.now() - 86_400_000 });
    await bench.compare({ days: DAYS });

    expect(failed).toEqual([]);
    expect(before).toEqual(["1201 missing unfounded"]);
    expect(looks).toEqual([]);
    expect(await bench.told()).toEqual(["1201 booking.confirmed reconciled"]);
    expect((await bench.differences()).at(-1)).toBe("1201 missing repaired lost");
  });

  it("a difference that two looks a day apart do not show is looked into no more", async () => {
    const bench = await open(store);
    const { world, db } = bench;
    await known(bench, "1201");
    const { view, changedAt } = world.bookings.get("1201") ?? { view: confirmed(), changedAt: 0 };
    world.bookings.set("1201", { view: confirmed(120_00), changedAt, shownOnlyWhole: view });
    const looks = async () => {
      world.calls.length = 0;
      await bench.compare({ days: DAYS });
      await db.knex("differences").update({ tried_at: Date.now() - 86_400_000 });
      return world.calls.filter((call) => call === "show:1201").length;
    };

    expect([await looks(), await looks(), await looks()]).toEqual([1, 1, 0]);
    expect(await bench.told()).toEqual(["1201 booking.confirmed notified"]);
  });

  it("a source that suddenly shows next to nothing is not believed", async () => {
    const bench = await open(store);
    for (let n = 0; n < 12; n += 1) await known(bench, `12${n + 10}`);
    bench.world.bookings.clear();

    const { state, reason } = await bench.compare({ days: DAYS });

    expect({ state, reason }).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("nothing is taken as deleted") as string,
    });
    expect(await bench.told()).toHaveLength(12);
  });

  it("bookings made before Bellhop listened are taken over in silence", async () => {
    const bench = await open(store);
    bench.world.put("1201", confirmed(), Date.UTC(2025, 5, 1));

    await bench.compare({ days: DAYS }, "import");

    expect(await bench.told()).toEqual(["1201 booking.confirmed adopted"]);
    expect(await bench.differences()).toEqual([]);
  });

  it("stays that are over are not imported unless a person asks", async () => {
    const bench = await open(store);
    const past = { date: "2026-12-02", timeZone: "UTC" } as const;
    bench.world.put("1201", { ...confirmed(), start: past }, Date.UTC(2025, 5, 1));
    bench.world.put("1202", { ...confirmed(), start: past, end: START }, Date.UTC(2025, 5, 1));

    await bench.compare({ days: DAYS, endsFrom: "2026-12-10" }, "import");
    expect(await bench.told()).toEqual(["1202 booking.confirmed adopted"]);

    await bench.compare({ days: DAYS }, "import");
    expect(await bench.told()).toContain("1201 booking.confirmed adopted");
  });

  it("a dry run says what differs and changes nothing; the next run repairs it", async () => {
    const bench = await open(store);
    await known(bench, "1201");
    bench.world.put("1201", confirmed(120_00));
    bench.world.put("1202", confirmed());

    await bench.compare({ days: DAYS, isDry: true });

    expect(await bench.told()).toEqual(["1201 booking.confirmed notified"]);
    expect(await bench.differences()).toEqual(["1201 different open", "1202 missing open"]);

    await bench.compare({ days: DAYS });
    expect(await bench.differences()).toEqual([
      "1201 different repaired unannounced",
      "1202 missing repaired lost",
    ]);
  });

  it("a payment that a booking does not show yet makes a look", async () => {
    const bench = await open(store);
    const paid = {
      amount: money(50_00, "EUR"),
      paidAt: new Date(Date.now() - 60_000).toISOString(),
    };
    await known(bench, "1201", { ...confirmed(), payments: [] } as never);
    bench.world.put("1201", { ...confirmed(), payments: [{ id: "p1", ...paid }] } as never, 0);
    bench.world.paid = [{ reference: "1201", fetch: { id: "1201" }, payments: [paid] }];

    await bench.compare(SINCE);

    expect(await bench.told()).toContain("1201 payment.received reconciled");
    expect(await bench.differences()).toEqual(["1201 different repaired unannounced"]);
  });

  it("rows that move between pages while they are read are all found", async () => {
    const bench = await open(store);
    bench.world.pageSize = 3;
    for (let n = 0; n < 10; n += 1) bench.world.put(`12${n + 10}`, confirmed());
    bench.world.movesAfterCall = 2; // the first row, when its page has been read

    const { progress } = await bench.compare({ days: { from: START.date, to: START.date } });

    expect(progress).toMatchObject({ there: 10, entered: 10 });
  });

  it("a comparison that is cut off goes on where it was, in another process", async () => {
    const db = await store.open();
    const world = new World();
    for (let n = 1; n <= 28; n += 1) {
      const date = `2026-12-${String(n).padStart(2, "0")}`;
      world.put(`12${n + 10}`, { ...confirmed(), start: { date, timeZone: "UTC" } });
    }
    const first = openReconciler(db, world);
    const { id } = await first.comparisons.ask("bikes", "import", { days: DAYS });
    await vi.waitFor(
      async () => {
        expect((await first.comparisons.find(id))?.progress.nextDay).toBeDefined();
      },
      { timeout: 10_000, interval: 5 },
    );
    await first.stop();
    const left = await first.comparisons.find(id);
    const second = await open({ open: () => Promise.resolve(db) }, world);

    await second.compare({ days: DAYS }, "import");

    expect((await second.comparisons.find(id))?.state).toBe("done");
    expect(left?.progress.nextDay).not.toBe(DAYS.from);
    const told = await second.told();
    expect(new Set(told).size).toBe(28);
    expect(told).toHaveLength(28);
  });

  it("wrong credentials end it, and the office is told why", async () => {
    const bench = await open(store);
    bench.world.fault = new ConfigurationError("the API key is refused: correct settings.apiKey");

    const { state, reason } = await bench.compare({ days: DAYS });

    expect({ state, reason }).toEqual({
      state: "failed",
      reason: "the API key is refused: correct settings.apiKey",
    });
    await eventually(async () => {
      expect(await bench.facts.get("refused:bikes")).toContain("API key is refused");
    });
  });

  it("at the first start the coming days are imported by themselves, once", async () => {
    const world = new World();
    const date = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
    world.put("1201", { ...confirmed(), start: { date, timeZone: "UTC" } }, Date.UTC(2025, 5, 1));
    const bench = await open(store, world, { importDays: 60 });

    await eventually(async () => {
      expect(await bench.told()).toEqual(["1201 booking.confirmed adopted"]);
      expect(await bench.facts.get("imported:bikes")).toBeDefined();
    });
    await bench.stop();
    world.calls.length = 0;
    const again = await open({ open: () => Promise.resolve(bench.db) }, world, { importDays: 60 });
    await sleep(300);

    expect(await again.comparisons.open("bikes")).toEqual([]);
  });
});
