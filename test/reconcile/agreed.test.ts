import { expect, it } from "vitest";

import type { BookingView } from "../../src/sdk/booking.ts";
import { eventually } from "../harness/eventually.ts";
import { noticeOf } from "../harness/normalizer.ts";
import { onEachStore } from "../harness/stores.ts";
import { benches, type ReconcileBench } from "./world.ts";

const DAYS = { from: "2026-12-01", to: "2026-12-31" };
const SINCE = { since: Date.now() - 86_400_000 };
const LONG_AGO = Date.UTC(2025, 5, 1);

const open = benches();

function costing(total: number): BookingView {
  const start = { date: "2026-12-24", time: "19:30", timeZone: "UTC" };
  const totals = { total: { amountMinor: total, currency: "EUR" } };
  return { status: "confirmed", start, totals, payments: [] };
}

/** A call tells of the booking as it is at the source. */
async function call(bench: ReconcileBench, reference: string): Promise<void> {
  const { view } = bench.world.bookings.get(reference) ?? {};
  await bench.deliver(
    noticeOf(reference, "booking.confirmed", { view, fetch: { id: reference } } as never),
  );
  await eventually(async () => {
    const left: unknown[] = await bench.db.knex("deliveries").where({ state: "waiting" });
    expect(left).toEqual([]);
  });
}

async function bookedFor(bench: ReconcileBench, total: number): Promise<void> {
  bench.world.put("1201", costing(total));
  await call(bench, "1201");
}

function payment() {
  const amount = { amountMinor: 50_00, currency: "EUR" };
  return { amount, paidAt: new Date(Date.now() - 60_000).toISOString() };
}

onEachStore((store) => {
  it("a difference that a late call has put right remains no longer", async () => {
    const bench = await open(store);
    await bookedFor(bench, 100_00);
    bench.world.put("1201", costing(120_00));
    await bench.compare({ days: DAYS, isDry: true });
    expect(await bench.differences()).toEqual(["1201 different open"]);

    await call(bench, "1201");
    await bench.compare({ days: DAYS });

    expect(await bench.differences()).toEqual(["1201 different repaired"]);
  });

  it("a list that does not show a difference ends none that another list has shown", async () => {
    const bench = await open(store);
    await bookedFor(bench, 100_00);
    const paid = { ...costing(100_00), payments: [{ id: "p1", ...payment() }] };
    const held = bench.world.bookings.get("1201");
    if (held) held.shownOnlyWhole = paid;
    bench.world.paid = [{ reference: "1201", fetch: { id: "1201" }, payments: [payment()] }];

    await bench.compare({ ...SINCE, days: DAYS, isDry: true });

    expect(await bench.differences()).toEqual(["1201 different open"]);
  });

  it("a booking that is gone, as a call has told since, remains no difference", async () => {
    const bench = await open(store);
    await bookedFor(bench, 100_00);
    bench.world.bookings.delete("1201");
    await bench.compare({ days: DAYS, isDry: true });
    const found = await bench.differences();

    const gone = { view: { status: "removed" } } as never;
    await bench.deliver(noticeOf("1201", "booking.removed", gone));
    await eventually(async () => {
      expect((await bench.told()).at(-1)).toBe("1201 booking.removed notified");
    });
    await bench.compare({ days: DAYS });

    expect(found).toEqual(["1201 extra open"]);
    expect(await bench.differences()).toEqual(["1201 extra repaired"]);
  });

  it("a dry run tells of no booking that would be taken over in silence", async () => {
    const bench = await open(store);
    bench.world.put("1201", costing(100_00), LONG_AGO);
    bench.world.paid = [{ reference: "1201", fetch: { id: "1201" }, payments: [payment()] }];

    await bench.compare({ ...SINCE, isDry: true });

    expect(bench.world.calls).toContain("show:1201");
    expect(await bench.differences()).toEqual([]);
  });
});
