import { describe, expect, it } from "vitest";

import { compareBooking, type Comparison } from "../../src/normalize/compare-booking.ts";
import { type BookingLook, type KnownSubject, UNKNOWN_SUBJECT } from "../../src/normalize/look.ts";
import type { BookingView } from "../../src/sdk/booking.ts";
import { ARRIVAL, cabinView, call, look } from "./booking-builder.ts";

const since2027 = Date.UTC(2027, 0, 1);

/** Looks one after the other; answers the last comparison. */
function after(...looks: BookingLook[]): Comparison {
  let known: KnownSubject = UNKNOWN_SUBJECT;
  let comparison: Comparison | undefined;
  for (const one of looks) {
    comparison = compareBooking(known, one, ARRIVAL);
    known = comparison.after;
  }
  if (!comparison) throw new Error("no look given");
  return comparison;
}

function typesOf({ events }: Comparison): string[] {
  return events.map(({ event }) => event.type);
}

function statesOf({ verdicts }: Comparison): string[] {
  return verdicts.map(({ state }) => state);
}

const requested = () => look({ view: cabinView(), calls: [call("booking.requested")] });
const confirmedView = (parts: Partial<BookingView> = {}) =>
  cabinView({ status: "confirmed", ...parts });
const confirmed = () => look({ view: confirmedView(), calls: [call("booking.confirmed")] });
const cancelledView = () =>
  cabinView({ status: "cancelled", cancellation: { at: "2026-03-02T13:20:00.000Z" } });

describe("announced events", () => {
  it("an unknown booking that is requested is told as announced, in version 1", () => {
    const comparison = after(requested());

    expect(typesOf(comparison)).toEqual(["booking.requested"]);
    expect(comparison.events[0]?.event).toMatchObject({
      origin: "notified",
      version: 1,
      ordinal: 1,
    });
    expect(comparison.events[0]?.dedupeKey).toBe("v1:booking.requested");
  });

  it("a requested booking that is confirmed is told once, with what changed", () => {
    const comparison = after(requested(), confirmed());

    expect(typesOf(comparison)).toEqual(["booking.confirmed"]);
    expect(comparison.events[0]?.event).toMatchObject({
      version: 2,
      ordinal: 2,
      changes: [{ path: "status", before: "requested", after: "confirmed" }],
    });
  });

  it("the same call again is a duplicate and changes nothing", () => {
    const comparison = after(requested(), confirmed(), confirmed());

    expect(comparison).toMatchObject({ events: [], isChanged: false });
    expect(statesOf(comparison)).toEqual(["duplicate"]);
  });

  it("a booking confirmed again after its cancellation is confirmed anew", () => {
    const cancelled = () => look({ view: cancelledView(), calls: [call("booking.cancelled")] });

    const comparison = after(confirmed(), cancelled(), confirmed());

    expect(typesOf(comparison)).toEqual(["booking.confirmed"]);
    expect(comparison.after.version).toBe(3);
  });

  it("a payment is told with the difference of the paid totals", () => {
    const paid = cabinView({
      status: "confirmed",
      totals: { paid: { amountMinor: 12_000, currency: "EUR" } },
    });

    const comparison = after(confirmed(), look({ view: paid, calls: [call("payment.received")] }));

    expect(typesOf(comparison)).toEqual(["payment.received"]);
    expect(comparison.events[0]?.event.payment?.amount).toEqual({
      amountMinor: 12_000,
      currency: "EUR",
    });
  });

  it("a payment that staff take off is told with what was taken off", () => {
    const paid = (amountMinor: number) =>
      confirmedView({ totals: { paid: { amountMinor, currency: "EUR" } } });

    const comparison = after(
      look({ view: paid(12_000), calls: [call("booking.confirmed")] }),
      look({ view: paid(0), calls: [call("payment.removed")] }),
    );

    expect(comparison.events[0]?.event).toMatchObject({
      type: "payment.removed",
      payment: { amount: { amountMinor: 12_000 } },
    });
  });

  it("an expired quotation that the state calls cancelled is told as expired", () => {
    const comparison = after(
      look({ view: cabinView({ status: "quoted" }), calls: [call("booking.quoted")] }),
      look({ view: cancelledView(), calls: [call("booking.expired")] }),
    );

    expect(typesOf(comparison)).toEqual(["booking.expired"]);
  });
});

describe("an offer that has run out without its state showing it", () => {
  const offer = (parts: Partial<BookingView> = {}) =>
    cabinView({ status: "quoted", expiresAt: "2026-03-02T13:00:00.000Z", ...parts });
  const quoted = () => look({ view: offer(), isFetched: true, calls: [call("booking.quoted")] });
  const ranOut = (view = offer()) =>
    look({ view, isFetched: true, calls: [call("booking.expired")] });

  it("is believed when the date is past", () => {
    expect(typesOf(after(quoted(), ranOut()))).toEqual(["booking.expired"]);
  });

  it("stays expired for as long as that date stands", () => {
    expect(after(quoted(), ranOut(), quoted()).after.booking?.status).toBe("expired");
  });

  it("is open again when the office has put the date off", () => {
    const later = offer({ expiresAt: "2026-04-01T00:00:00.000Z" });

    const comparison = after(quoted(), ranOut(), look({ view: later, isFetched: true }));

    expect(typesOf(comparison)).toEqual(["booking.quoted"]);
  });

  it("is not believed before the date", () => {
    const later = offer({ expiresAt: "2026-04-01T00:00:00.000Z" });

    expect(statesOf(after(quoted(), ranOut(later)))).toEqual(["again"]);
  });
});

describe("derived events", () => {
  it("a request whose payload says confirmed is told as both", () => {
    const comparison = after(look({ view: confirmedView(), calls: [call("booking.requested")] }));

    expect(typesOf(comparison)).toEqual(["booking.requested", "booking.confirmed"]);
    expect(comparison.events.map(({ event }) => event.origin)).toEqual(["notified", "derived"]);
    expect(comparison.events.map(({ event }) => event.ordinal)).toEqual([1, 2]);
  });

  it("a change that nobody announced is told as derived", () => {
    const moved = confirmedView({
      start: { date: "2026-07-05", time: "16:00", timeZone: "Europe/Madrid" },
    });

    const comparison = after(confirmed(), look({ view: moved, isFetched: true }));

    expect(typesOf(comparison)).toEqual(["booking.modified"]);
    expect(comparison.events[0]?.event).toMatchObject({
      origin: "derived",
      summary: "Start moved from 4 July 2026 at 16:00 to 5 July 2026 at 16:00.",
    });
  });

  it("a guest whose e-mail changed is a modified booking and an updated customer", () => {
    const renamed = confirmedView({ customer: { email: "ana.new@example.com" } });

    const comparison = after(confirmed(), look({ view: renamed, isFetched: true }));

    expect(typesOf(comparison)).toEqual(["booking.modified", "customer.updated"]);
  });

  it("a check-in tells the skipped confirmation first", () => {
    const checkedIn = () =>
      look({
        view: cabinView({ status: "checked_in" }),
        calls: [call("booking.checked_in")],
      });

    expect(typesOf(after(requested(), checkedIn()))).toEqual([
      "booking.confirmed",
      "booking.checked_in",
    ]);
  });

  it("two equal payment rows count twice, one repeated counts once", () => {
    const row = { amount: { amountMinor: 5_000, currency: "EUR" }, paidAt: "2026-03-02" };
    const first = look({
      view: confirmedView({ payments: [] }),
      calls: [call("booking.confirmed")],
    });
    const second = look({ view: confirmedView({ payments: [row, row] }), isFetched: true });

    const comparison = after(first, second);

    expect(typesOf(comparison)).toEqual(["payment.received", "payment.received"]);
    expect(comparison.events.map(({ dedupeKey }) => dedupeKey)).toEqual([
      "v2:payment.received",
      "v2:payment.received:2",
    ]);
    expect(typesOf(after(first, second, second))).toEqual([]);
  });
});

describe("first sight", () => {
  it("of a booking made before Bellhop listened, only what was announced is news", () => {
    const modified = look({
      view: confirmedView(),
      calls: [call("booking.modified")],
      since: since2027,
    });

    expect(typesOf(after(modified))).toEqual(["booking.modified"]);
  });

  it("of a new booking, a missed confirmation is told too", () => {
    const modified = look({ view: confirmedView(), calls: [call("booking.modified")] });

    expect(typesOf(after(modified))).toEqual(["booking.confirmed", "booking.modified"]);
  });

  it("the paid amount that a first look shows is state, not a payment", () => {
    const paid = confirmedView({ totals: { paid: { amountMinor: 24_000, currency: "EUR" } } });

    expect(typesOf(after(look({ view: paid, calls: [call("booking.confirmed")] })))).toEqual([
      "booking.confirmed",
    ]);
  });

  it("shared by several calls, in any order, a fetched state is told once", () => {
    const types = ["booking.requested", "booking.confirmed", "booking.cancelled"] as const;
    const orders = [types, types.toReversed(), [types[1], types[2], types[0]]];

    const told = orders.map((order) =>
      typesOf(
        after(
          look({
            view: cancelledView(),
            isFetched: true,
            calls: order.map((type) => call(type)),
          }),
        ),
      ),
    );

    expect(told).toEqual([["booking.cancelled"], ["booking.cancelled"], ["booking.cancelled"]]);
  });
});

describe("first calls of one moment, each with a look of its own", () => {
  const paid = () => confirmedView({ totals: { paid: { amountMinor: 24_000, currency: "EUR" } } });
  const seen = (type: "booking.confirmed" | "payment.received", since?: number) =>
    look({ view: paid(), isFetched: true, calls: [call(type)], ...(since && { since }) });
  const toldBy = (...looks: BookingLook[]) => {
    const told = looks.map((_, index) => typesOf(after(...looks.slice(0, index + 1))));
    return told.flat().toSorted();
  };

  it("tell the same in either order", () => {
    const one = toldBy(seen("booking.confirmed"), seen("payment.received"));
    const other = toldBy(seen("payment.received"), seen("booking.confirmed"));

    expect(one).toEqual(["booking.confirmed", "payment.received"]);
    expect(other).toEqual(one);
  });

  it("tell the same in either order of a booking made before Bellhop listened", () => {
    const one = toldBy(seen("booking.confirmed", since2027), seen("payment.received", since2027));
    const other = toldBy(seen("payment.received", since2027), seen("booking.confirmed", since2027));

    expect(one).toEqual(["booking.confirmed", "payment.received"]);
    expect(other).toEqual(one);
  });

  it("are told once, however often they come", () => {
    const repeats = [seen("payment.received"), seen("booking.confirmed"), seen("payment.received")];

    expect(toldBy(...repeats)).toEqual(["booking.confirmed", "payment.received"]);
  });

  it("are repeats of what the first look showed when they come much later", () => {
    const late = call("payment.received", { receivedAt: ARRIVAL + 3_600_000, looks: 3 });

    const comparison = after(
      seen("booking.confirmed"),
      look({ view: paid(), isFetched: true, calls: [late] }),
    );

    expect(comparison.events).toEqual([]);
  });
});

describe("a state that contradicts the call", () => {
  const lagging = (looks: number, view = confirmedView()) =>
    look({ view, isFetched: true, calls: [call("booking.cancelled", { looks })] });

  it("holds everything back while a cancellation is not shown yet", () => {
    const comparison = after(requested(), lagging(0));

    expect(comparison).toMatchObject({ events: [], isChanged: false });
    expect(statesOf(comparison)).toEqual(["again"]);
  });

  it("tells the cancellation as soon as the state shows it", () => {
    const comparison = after(confirmed(), lagging(0), lagging(1, cancelledView()));

    expect(typesOf(comparison)).toEqual(["booking.cancelled"]);
    expect(statesOf(comparison)).toEqual(["done"]);
  });

  it("has the word after three more looks, and the delivery says so", () => {
    const comparison = after(confirmed(), lagging(3));

    expect(comparison.events).toEqual([]);
    expect(comparison.verdicts[0]).toMatchObject({
      state: "done",
      reason: "the booking says confirmed",
    });
  });

  it("a late confirmation of a booking that was cancelled meanwhile is overtaken", () => {
    const late = look({
      view: cancelledView(),
      isFetched: true,
      calls: [call("booking.confirmed")],
    });

    const comparison = after(requested(), late);

    expect(typesOf(comparison)).toEqual(["booking.cancelled"]);
    expect(comparison.verdicts[0]?.state).toBe("done");
  });

  it("a cancellation that a later call and the state have taken back holds nothing up", () => {
    const both = look({
      view: confirmedView(),
      isFetched: true,
      calls: [call("booking.cancelled"), call("booking.confirmed")],
    });

    const comparison = after(requested(), both);

    expect(typesOf(comparison)).toEqual(["booking.confirmed"]);
    expect(statesOf(comparison)).toEqual(["duplicate", "done"]);
  });

  it("a modification that an earlier look has brought along already is not waited for", () => {
    const moved = (type: "booking.confirmed" | "booking.modified") =>
      look({
        view: confirmedView({ notes: "two dogs" }),
        isFetched: true,
        calls: [call(type)],
      });

    const comparison = after(requested(), moved("booking.confirmed"), moved("booking.modified"));

    expect(statesOf(comparison)).toEqual(["duplicate"]);
  });

  it("a modification that shows nothing long after the last change is looked at again", () => {
    const late = call("booking.modified", { receivedAt: ARRIVAL + 3_600_000 });

    const comparison = after(
      confirmed(),
      look({ view: confirmedView(), isFetched: true, calls: [late] }),
    );

    expect(statesOf(comparison)).toEqual(["again"]);
  });

  it("a payload is the state: nothing is asked again", () => {
    const odd = look({ view: cabinView(), calls: [call("booking.confirmed")] });

    expect(statesOf(after(requested(), odd))).toEqual(["done"]);
  });
});

describe("absent is not empty", () => {
  it("a look that does not carry a field leaves it as it is known", () => {
    const partial = look({ view: { status: "confirmed" }, isFetched: true });

    const comparison = after(confirmed(), partial);

    expect(comparison).toMatchObject({ events: [], after: { version: 1 } });
    expect(comparison.after.booking?.customer?.email).toBe("ana@example.com");
  });

  it("a field shown empty is gone, and that is a change", () => {
    const emptied = look({ view: confirmedView({ customer: { email: null } }), isFetched: true });

    const comparison = after(confirmed(), emptied);

    expect(comparison.events[0]?.event.changes).toEqual([
      { path: "customer.email", before: "ana@example.com", after: null },
    ]);
  });

  it("form items are replaced whole, so one that vanished is a change", () => {
    const withItems = (custom: Record<string, string>) => confirmedView({ custom });

    const comparison = after(
      look({ view: withItems({ Dog: "on", Note: "x" }), calls: [call("booking.confirmed")] }),
      look({ view: withItems({ Note: "x" }), calls: [call("booking.modified")] }),
    );

    expect(comparison.events[0]?.event.changes.map(({ path }) => path)).toEqual(["custom.Dog"]);
  });

  it("a moved update time alone is no change", () => {
    const known = confirmed();
    const touched = look({ view: confirmedView({ updatedAt: "2026-03-03T00:00:00.000Z" }) });

    expect(after(known, touched).isChanged).toBe(false);
  });
});

describe("events that leave no trace in the state", () => {
  const pressed = (hash: string, receivedAt: number) =>
    look({ view: confirmedView(), calls: [call("button.pressed", { hash, receivedAt })] });

  it("a button pressed twice within two minutes by the same call is one event", () => {
    const comparison = after(
      pressed("b", ARRIVAL),
      pressed("a", ARRIVAL),
      pressed("a", ARRIVAL + 119_000),
    );

    expect(comparison.events).toEqual([]);
    expect(statesOf(comparison)).toEqual(["duplicate"]);
  });

  it("pressed again later it is another event", () => {
    const comparison = after(
      pressed("b", ARRIVAL),
      pressed("a", ARRIVAL),
      pressed("a", ARRIVAL + 121_000),
    );

    expect(typesOf(comparison)).toEqual(["button.pressed"]);
  });

  it("a source's timer repeated a day later for the same start is still the same", () => {
    const tick = (receivedAt: number, hash: string) => {
      const timer = { name: "before_or_after_event_1", relativeTo: "start", offsetMinutes: -2880 };
      const announcement = {
        type: "booking.timer" as const,
        native: { event: timer.name, fields: {} },
        timer,
      };
      return look({
        view: confirmedView(),
        calls: [call("booking.timer", { announcement, receivedAt, hash })],
      });
    };

    const first = after(confirmed(), tick(ARRIVAL, "a"));
    const again = after(confirmed(), tick(ARRIVAL, "a"), tick(ARRIVAL + 86_400_000, "b"));

    expect(typesOf(first)).toEqual(["booking.timer"]);
    expect(first.events[0]?.event.timer?.offsetMinutes).toBe(-2880);
    expect(again.events).toEqual([]);
  });

  it("a failed payment is told although the booking did not change", () => {
    const failed = look({
      view: confirmedView(),
      isFetched: true,
      calls: [call("payment.failed")],
    });

    const comparison = after(confirmed(), failed);

    expect(typesOf(comparison)).toEqual(["payment.failed"]);
    expect(comparison.after.version).toBe(1);
  });

  it("an unknown event is told, and what the state shows besides", () => {
    const unknown = look({
      view: cancelledView(),
      isFetched: true,
      calls: [call("source.unknown")],
    });

    expect(typesOf(after(confirmed(), unknown))).toEqual(["booking.cancelled", "source.unknown"]);
  });
});

it("a removed reservation does not come back by a late payload", () => {
  const removed = () =>
    look({ view: cabinView({ status: "removed" }), calls: [call("booking.removed")] });

  const comparison = after(confirmed(), removed(), confirmed());

  expect(comparison.after.booking?.status).toBe("removed");
  expect(statesOf(comparison)).toEqual(["duplicate"]);
});

it("a payload that is looked at anew does not put the booking back", () => {
  const first = requested();

  const comparison = after(first, confirmed(), first);

  expect(comparison.after.booking?.status).toBe("confirmed");
  expect(comparison).toMatchObject({ events: [], isChanged: false });
  expect(statesOf(comparison)).toEqual(["duplicate"]);
});

it("what a quiet call brings to light is quiet too", () => {
  const quiet = call("booking.requested");
  const announcement = { ...quiet.announcement, isQuiet: true };

  const comparison = after(look({ view: confirmedView(), calls: [{ ...quiet, announcement }] }));

  expect(comparison.events.map(({ event }) => event.isQuiet)).toEqual([true, true]);
});

it("a timer with endless words has a key that fits into the database", () => {
  const timer = {
    name: "before_or_after_event_1",
    relativeTo: "x".repeat(400),
    offsetMinutes: -60,
  };
  const announcement = { ...call("booking.timer").announcement, timer };

  const { events } = after(requested(), look({ calls: [call("booking.timer", { announcement })] }));

  expect(events[0]?.dedupeKey).toMatch(/^timer:before_or_after_event_1:x+~/);
  expect(events[0]?.dedupeKey.length).toBeLessThanOrEqual(200);
});

describe("a booking made before Bellhop listened, confirmed by a payment", () => {
  const paid = { totals: { paid: { amountMinor: 12_000, currency: "EUR" } } };
  const paidLook = (parts: Partial<BookingLook> = {}) =>
    look({
      view: confirmedView(paid),
      since: since2027,
      calls: [call("payment.received")],
      ...parts,
    });
  const announced = (parts: Partial<BookingLook> = {}) =>
    look({
      view: confirmedView(paid),
      since: since2027,
      calls: [call("booking.confirmed")],
      ...parts,
    });

  it.each([false, true])("is confirmed when that is announced next (fetched: %s)", (isFetched) => {
    const comparison = after(paidLook({ isFetched }), announced({ isFetched }));

    expect(typesOf(comparison)).toEqual(["booking.confirmed"]);
    expect(comparison.events[0]?.event).toMatchObject({ origin: "notified", ordinal: 2 });
    expect(statesOf(comparison)).toEqual(["done"]);
  });

  it("is confirmed once, however often that is announced", () => {
    expect(statesOf(after(paidLook(), announced(), announced()))).toEqual(["duplicate"]);
  });

  it("is confirmed when its state says nothing of when it was made", () => {
    const view = confirmedView({ ...paid, madeAt: undefined });

    expect(typesOf(after(paidLook({ view }), announced({ view })))).toEqual(["booking.confirmed"]);
  });

  it("is no news when it is announced long afterwards", () => {
    const receivedAt = ARRIVAL + 24 * 60 * 60_000;
    const late = announced({ calls: [call("booking.confirmed", { receivedAt })] });

    expect(statesOf(after(paidLook(), late))).toEqual(["duplicate"]);
  });

  it("is not confirmed a second time after it was cancelled and confirmed anew", () => {
    const first = paidLook();
    const cancelled = look({ view: cancelledView(), calls: [call("booking.cancelled")] });
    const anew = look({ view: confirmedView(paid), calls: [call("payment.received")] });

    const comparison = after(first, cancelled, anew, announced());

    expect(comparison.events).toEqual([]);
  });

  it("is confirmed when that is announced after a request that its state has overtaken", () => {
    const first = announced({ isFetched: true, calls: [call("booking.requested")] });

    expect(statesOf(after(first))).toEqual(["duplicate"]);
    expect(typesOf(after(first, announced({ isFetched: true })))).toEqual(["booking.confirmed"]);
  });
});

describe("a payment that the source does not show yet", () => {
  const payment = () => call("payment.received");
  const seen = (parts: Partial<BookingLook>) =>
    look({ view: confirmedView(), isFetched: true, ...parts });
  const first = () => seen({ calls: [call("booking.confirmed")] });
  const paidView = confirmedView({ totals: { paid: { amountMinor: 12_000, currency: "EUR" } } });

  it("is looked at again, though the booking was confirmed a moment ago", () => {
    expect(statesOf(after(first(), seen({ calls: [payment()] })))).toEqual(["again"]);
  });

  it("is looked at again, though something else has changed meanwhile", () => {
    const moved = confirmedView({ title: "Tent" });

    expect(statesOf(after(first(), seen({ view: moved, calls: [payment()] })))).toEqual(["again"]);
  });

  it("is told when it is announced a moment after the first look that showed it", () => {
    const paid = seen({ view: paidView, calls: [call("booking.confirmed")] });
    const announced = () => seen({ view: paidView, calls: [payment()] });

    expect(typesOf(after(paid, announced()))).toEqual(["payment.received"]);
    expect(statesOf(after(paid, announced(), announced()))).toEqual(["duplicate"]);
  });
});

it("a payment whose reference is put right is a change of the booking, and no money that moved", () => {
  const row = { amount: { amountMinor: 12_000, currency: "EUR" }, paidAt: "2026-03-02" };
  const seen = (reference: string) =>
    look({ view: confirmedView({ payments: [row, { ...row, reference }] }), isFetched: true });

  expect(typesOf(after(seen("A-1"), seen("A-2")))).toEqual(["booking.modified"]);
});

it("a timer that the source's settings leave out is done with, with that reason", () => {
  const announcement = { ...call("booking.timer").announcement, leftOut: "left out" };

  const comparison = after(requested(), look({ calls: [call("booking.timer", { announcement })] }));

  expect(comparison).toMatchObject({
    events: [],
    verdicts: [{ state: "done", reason: "left out" }],
  });
});

describe("a field that the first look of another kind carries", () => {
  const paid = { amountMinor: 12_000, currency: "EUR" };
  const payments = [{ amount: paid, paidAt: "2026-03-01" }];
  const narrow = () =>
    look({ view: { status: "confirmed", title: "Cabin" }, calls: [call("booking.confirmed")] });
  const wide = (parts: Partial<BookingView> = {}) =>
    look({
      view: confirmedView({ payments, totals: { paid }, notes: "Late", ...parts }),
      isFetched: true,
    });

  it("is learned in silence, money too", () => {
    const comparison = after(narrow(), wide());

    expect(comparison).toMatchObject({ events: [], isChanged: true });
    expect(comparison.after).toMatchObject({ version: 2, booking: { payments, notes: "Late" } });
  });

  it("is compared from then on", () => {
    const comparison = after(narrow(), wide(), wide({ notes: "Later", payments: [] }));

    expect(typesOf(comparison)).toEqual(["booking.modified", "payment.removed"]);
  });

  it("is a change between looks of one kind: it was filled in since", () => {
    const known = narrow();
    const filled = look({
      view: { status: "confirmed", title: "Cabin", notes: "Two dogs" },
      calls: [call("booking.modified")],
    });

    expect(typesOf(after(known, filled))).toEqual(["booking.modified"]);
  });

  it("counts as a change when it was shown empty before", () => {
    const empty = wide({ notes: null, payments: [] });

    expect(typesOf(after(narrow(), empty, wide()))).toEqual([
      "booking.modified",
      "payment.received",
    ]);
  });

  it("goes unmentioned beside what has changed", () => {
    const [drafted] = after(narrow(), wide({ title: "Tent" })).events;

    expect(drafted?.event.changes.map(({ path }) => path)).toEqual(["title"]);
  });
});
