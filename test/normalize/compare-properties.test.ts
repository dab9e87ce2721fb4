import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type KnownSubject, UNKNOWN_SUBJECT } from "../../src/normalize/look.ts";
import {
  type Arrival,
  arrive,
  history,
  inPieces,
  knownRequest,
  ordersOf,
  type Payload,
  payloads,
  takePayloads,
  type Told,
} from "./booking-history.ts";

/** Which notices come again, how many share a look, whether the booking is known before. */
const circumstances = fc.record({
  repeats: fc.array(fc.nat(4), { maxLength: 3 }),
  looks: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  isKnown: fc.boolean(),
  isOld: fc.boolean(),
});

const YEAR_LATER = Date.UTC(2027, 0, 1);

/** Names for one thing: which of them an event gets depends on who spoke first. */
const ONE_THING: Readonly<Record<string, string>> = {
  "booking.expired": "booking.cancelled",
  "payment.removed": "payment.refunded",
};

/** What handlers are told, and so all that they can do about it. */
function effectsOf({ events }: Told): string[] {
  return events
    .map(({ event }) => {
      const type = ONE_THING[event.type] ?? event.type;
      const { amountMinor } = event.payment?.amount ?? {};
      return [`v${event.version}`, type, amountMinor].filter(Boolean).join(" ");
    })
    .toSorted();
}

function factsOf({ known: { booking } }: Told) {
  return { ...booking, version: undefined };
}

const before = (isKnown: boolean): KnownSubject => (isKnown ? knownRequest() : UNKNOWN_SUBJECT);

function repeated<T>(list: readonly T[], repeats: readonly number[]): T[] {
  const more = repeats.flatMap((index) => list[index % list.length] ?? []);
  return [...list, ...more];
}

function summaryOf({ events }: Told) {
  const ofStates = events.filter(({ dedupeKey }) => dedupeKey.startsWith("v"));
  const dedupeKeys = events.map(({ event, dedupeKey }) => `${event.subject} ${dedupeKey}`);
  return { dedupeKeys, newest: ofStates.at(-1)?.event };
}

describe("of a source that is asked for the state", () => {
  it("after the fact, all orders of up to five notices, with repeats, tell the same", () => {
    fc.assert(
      fc.property(history, circumstances, (life, { repeats, looks, isKnown, isOld }) => {
        const since = isOld ? YEAR_LATER : undefined;
        const seen = life.states.length - 1;
        const inOrder = life.notices.map((notice): Arrival => ({ ...notice, seen }));
        const one = arrive(life, before(isKnown), inPieces(inOrder, [1]), since);

        for (const order of ordersOf(inOrder)) {
          const pieces = inPieces(repeated(order, repeats), looks);
          const other = arrive(life, before(isKnown), pieces, since);

          expect(factsOf(other)).toEqual(factsOf(one));
          expect(effectsOf(other)).toEqual(effectsOf(one));
        }
      }),
      { numRuns: 100 },
    );
  });

  it("while the booking moves on, any order ends in its last state, and the last told event has it", () => {
    fc.assert(
      fc.property(history, circumstances, fc.gen(), (life, { repeats, looks, isKnown }, gen) => {
        const last = life.states.length - 1;
        const order = repeated(
          gen(fc.shuffledSubarray, life.notices, { minLength: life.notices.length }),
          repeats,
        );
        // A notice is sent after its step: its fetch shows that one at least. What comes last is
        // asked for last, and by then everything has happened.
        const arrivals = order.map((notice, index): Arrival => {
          const isLast = index === order.length - 1;
          return {
            ...notice,
            seen: isLast ? last : gen(fc.integer, { min: notice.step, max: last }),
          };
        });

        const told = arrive(life, before(isKnown), inPieces(arrivals, looks));

        expect(told.known.booking).toMatchObject(life.states[last] ?? {});
        const { dedupeKeys, newest } = summaryOf(told);
        expect(new Set(dedupeKeys).size).toBe(dedupeKeys.length);
        expect(newest?.booking).toEqual(newest && told.known.booking);
        expect(newest?.version ?? told.known.version).toBe(told.known.version);
      }),
      { numRuns: 400 },
    );
  });

  it("what one state tells does not depend on the notice that led to it", () => {
    fc.assert(
      fc.property(history, history, (life, other) => {
        const seen = life.states.length - 1;
        const steps = (notices: typeof life.notices) =>
          arrive(life, knownRequest(), [
            notices.map((notice): Arrival => ({ ...notice, seen })),
          ]).events.filter(({ dedupeKey }) => dedupeKey.startsWith("v2:"));

        const types = (events: ReturnType<typeof steps>) =>
          events.map(({ event }) => ONE_THING[event.type] ?? event.type);
        expect(types(steps(other.notices))).toEqual(types(steps(life.notices)));
      }),
      { numRuns: 300 },
    );
  });
});

describe("of a source whose calls are the state", () => {
  it("the last to arrive wins, whatever the order", () => {
    fc.assert(
      fc.property(payloads, (calls) => {
        const told = takePayloads(calls);

        const removedAt = calls.findIndex(({ view }) => view.status === "removed");
        const winner = removedAt === -1 ? calls.at(-1) : calls[removedAt];
        expect(told.known.booking).toMatchObject(winner?.view ?? {});
      }),
      { numRuns: 400 },
    );
  });

  it("a repeat in place changes nothing and tells nothing", () => {
    fc.assert(
      fc.property(
        payloads,
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1 }),
        (calls, times) => {
          const once = takePayloads(calls);
          const repeats = calls.flatMap((one, index): Payload[] =>
            Array.from({ length: times[index % times.length] ?? 1 }, () => one),
          );

          const again = takePayloads(repeats);

          expect(factsOf(again)).toEqual(factsOf(once));
          expect(again.known.version).toBe(once.known.version);
          expect(effectsOf(again)).toEqual(effectsOf(once));
        },
      ),
      { numRuns: 400 },
    );
  });

  it("what is looked at anew after later calls does not put the booking back", () => {
    fc.assert(
      fc.property(payloads, fc.nat(), (calls, index) => {
        const told = takePayloads(calls);
        const anew = takePayloads(calls, index % calls.length);

        expect(factsOf(anew)).toEqual(factsOf(told));
      }),
      { numRuns: 400 },
    );
  });
});
