import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Clockwork } from "../../src/schedule/clocks.ts";
import { slotsOf } from "../../src/schedule/every.ts";
import {
  minutesOf,
  momentAt,
  outOfQuietHours,
  parseOffset,
  spanMs,
} from "../../src/schedule/offset.ts";
import { reasonToMiss } from "../../src/schedule/plan.ts";
import { dueMoment, type Timer } from "../../src/schedule/timer.ts";
import { momentWords } from "../../src/schedule/timer-words.ts";
import { timersOf } from "../../src/schedule/timers.ts";
import { turnOf } from "../../src/schedule/turn.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import type { LocalMoment } from "../../src/sdk/time.ts";
import { ConfigSchema } from "../../src/settings/config-schema.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SEED = 20_260_329;

const OSLO = "Europe/Oslo";
const LORD_HOWE = "Australia/Lord_Howe";
const SANTIAGO = "America/Santiago";
const CAIRO = "Africa/Cairo";

/** `2026-03-29 02:30`, or only the day. */
function at(text: string, timeZone = OSLO): LocalMoment {
  const [date = "", time] = text.split(" ");
  return { date, timeZone, ...(time !== undefined && { time }) };
}

function utc(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString().slice(0, 16);
}

function ms(text: string): number {
  return Date.parse(`${text}Z`);
}

describe("an offset", () => {
  it.each([
    ["-48h", { unit: "elapsed", ms: -48 * HOUR_MS }],
    ["30m", { unit: "elapsed", ms: 30 * MINUTE_MS }],
    ["+90m", { unit: "elapsed", ms: 90 * MINUTE_MS }],
    ["-1d", { unit: "days", days: -1 }],
    ["+2d at 09:15", { unit: "days", days: 2, time: "09:15" }],
    ["-1d at 18:00", { unit: "days", days: -1, time: "18:00" }],
  ])("%s is read", (text, offset) => {
    expect(parseOffset(text)).toEqual(offset);
  });

  it.each(["", "h", "1", "-1w", "1.5h", "- 1d", "1h at 18:00", "-1d at 6pm", "123456h"])(
    "'%s' is none",
    (text) => {
      expect(() => parseOffset(text)).toThrow(`not an offset: ${text}`);
    },
  );

  it.each([
    ["-48h", -2880],
    ["30m", 30],
    ["-2d at 18:00", -2880],
    ["0d", 0],
  ])("%s is %d minutes for handlers", (text, minutes) => {
    expect(minutesOf(parseOffset(text)) === minutes).toBe(true);
  });

  it.each([
    ["6h", 6 * HOUR_MS],
    ["45m", 45 * MINUTE_MS],
    ["2d", 2 * DAY_MS],
  ])("a span of %s is %d ms", (text, span) => {
    expect(spanMs(text)).toBe(span);
  });

  it.each([
    ["start", "-48h", "48 hours before the start"],
    ["start", "-1h", "1 hour before the start"],
    ["end", "-1d at 18:00", "1 day before the end at 18:00"],
    ["start", "0d at 08:00", "at the start at 08:00"],
    ["start", "0m", "at the start"],
    ["created", "30m", "30 minutes after the booking was made"],
    ["confirmed", "+90m", "90 minutes after the confirmation"],
    ["service day at 08:00", "-2h", "2 hours before the service day at 08:00"],
    ["end", "+1d", "1 day after the end"],
  ])("from the %s, %s is in words: %s", (relativeTo, text, words) => {
    expect(momentWords({ relativeTo, offset: parseOffset(text) })).toBe(words);
  });
});

describe("a moment so far from another", () => {
  it.each([
    ["an hour on an ordinary day", at("2026-06-01 10:00"), "1h", "2026-06-01T09:00"],
    ["two days are the same time of day", at("2026-06-01 10:00"), "-2d", "2026-05-30T08:00"],
    ["the evening before", at("2026-06-01 10:00"), "-1d at 18:00", "2026-05-31T16:00"],
    ["a month's end", at("2026-03-01 10:00"), "-1d", "2026-02-28T09:00"],
    ["24 hours over the short day", at("2026-03-29 10:00"), "-24h", "2026-03-28T08:00"],
    ["a day over the short day", at("2026-03-29 10:00"), "-1d", "2026-03-28T09:00"],
    ["24 hours over the long day", at("2026-10-25 10:00"), "-24h", "2026-10-24T09:00"],
    ["a day over the long day", at("2026-10-25 10:00"), "-1d", "2026-10-24T08:00"],
    ["02:30 in the gap is 03:30", at("2026-03-30 02:30"), "-1d", "2026-03-29T01:30"],
    ["02:30 twice is the first", at("2026-10-26 02:30"), "-1d", "2026-10-25T00:30"],
    [
      "of a time twice the agreed one, on the day itself",
      { ...at("2026-10-25 02:30"), offset: "+01:00" },
      "0d",
      "2026-10-25T01:30",
    ],
    [
      "of a time twice the agreed one is not that of the day before",
      { ...at("2026-10-25 02:30"), offset: "+01:00" },
      "-1d",
      "2026-10-24T00:30",
    ],
    [
      "an hour before the second 02:30 is the first",
      { ...at("2026-10-25 02:30"), offset: "+01:00" },
      "-1h",
      "2026-10-25T00:30",
    ],
    ["half an hour is skipped", at("2026-10-05 02:15", LORD_HOWE), "-1d", "2026-10-03T15:45"],
    ["half an hour comes twice", at("2026-04-06 01:45", LORD_HOWE), "-1d", "2026-04-04T14:45"],
    ["midnight is skipped", at("2026-09-07 00:00", SANTIAGO), "-1d", "2026-09-06T04:00"],
    ["00:30 is skipped with it", at("2026-04-25 00:30", CAIRO), "-1d", "2026-04-23T22:30"],
    ["a day rental begins with its day", at("2026-06-02"), "-1d", "2026-05-31T22:00"],
    ["a day without midnight begins at one", at("2026-04-25", CAIRO), "-1d", "2026-04-23T22:00"],
    ["a day rental, at a time", at("2026-06-02"), "-1d at 18:00", "2026-06-01T16:00"],
    ["a day rental, hours", at("2026-06-02"), "-6h", "2026-06-01T16:00"],
  ])("%s", (_, from, offset, expected) => {
    expect(utc(momentAt(from, parseOffset(offset)))).toBe(expected);
  });
});

describe("quiet hours", () => {
  const night = { from: "21:00", to: "08:00" };
  const noon = { from: "12:00", to: "14:00" };

  it.each([
    ["late in the evening, before", "2026-06-01T21:30", night, "before", "2026-06-01T19:00"],
    ["early in the morning, before", "2026-06-02T03:00", night, "before", "2026-06-01T19:00"],
    ["late in the evening, after", "2026-06-01T21:30", night, "after", "2026-06-02T06:00"],
    ["early in the morning, after", "2026-06-02T03:00", night, "after", "2026-06-02T06:00"],
    ["their first minute", "2026-06-01T19:00", night, "after", "2026-06-02T06:00"],
    ["the minute before", "2026-06-01T18:59", night, "after", "2026-06-01T18:59"],
    ["their last minute", "2026-06-02T05:59", night, "before", "2026-06-01T19:00"],
    ["the minute after", "2026-06-02T06:00", night, "before", "2026-06-02T06:00"],
    ["at noon, before", "2026-06-01T11:00", noon, "before", "2026-06-01T10:00"],
    ["at noon, after", "2026-06-01T11:00", noon, "after", "2026-06-01T12:00"],
    ["the night of the short day", "2026-03-29T00:30", night, "after", "2026-03-29T06:00"],
    ["the night of the long day", "2026-10-25T01:30", night, "before", "2026-10-24T19:00"],
  ] as const)("%s", (_, moment, hours, move, expected) => {
    expect(utc(outOfQuietHours(ms(moment), OSLO, { ...hours, move }))).toBe(expected);
  });

  it("that begin in the gap begin with it: 'before' is never after", () => {
    const quiet = { from: "02:30", to: "08:00", move: "before" } as const;

    expect(utc(outOfQuietHours(ms("2026-03-29T01:10"), OSLO, quiet))).toBe("2026-03-29T01:00");
  });

  it("that end in the hour that comes twice: 'after' is never before", () => {
    const quiet = { from: "21:00", to: "02:45", move: "after" } as const;

    expect(utc(outOfQuietHours(ms("2026-10-25T01:30"), OSLO, quiet))).toBe("2026-10-25T01:45");
  });
});

function timerOf(parts: Record<string, unknown>): Timer {
  const wanted = { name: "reminder", relativeTo: "start", offset: "-48h", ...parts };
  const [timer] = timersOf(ConfigSchema.parse({ timers: [wanted] }), []);
  if (!timer) throw new Error("no timer");
  return timer;
}

function bookingOf(parts: Partial<Booking>): Booking {
  const base = { connection: "bikes", reference: "1201", version: 1, status: "confirmed" };
  return { ...base, ...parts } as Booking;
}

describe("a timer of a booking", () => {
  const stay = {
    start: at("2026-06-01 10:00"),
    end: at("2026-06-05 16:00"),
    madeAt: "2026-05-01T22:30:00.000Z",
  };
  const confirmedAt = ms("2026-05-02T12:00");

  it.each([
    [{ offset: "-48h" }, "2026-05-30T08:00"],
    [{ offset: "-1d at 18:00" }, "2026-05-31T16:00"],
    [{ relativeTo: "end", offset: "+1d" }, "2026-06-06T14:00"],
    [{ relativeTo: "end", offset: "0m" }, "2026-06-05T14:00"],
    [{ relativeTo: "created", offset: "3h" }, "2026-05-02T01:30"],
    // 22:30 in UTC is already the next day where the booking takes place.
    [{ relativeTo: "created", offset: "1d at 09:00" }, "2026-05-03T07:00"],
    [{ relativeTo: "confirmed", offset: "30m" }, "2026-05-02T12:30"],
    [{ relativeTo: "confirmed", offset: "1d" }, "2026-05-03T12:00"],
    [{ relativeTo: "service day at 08:00", offset: "-2h" }, "2026-06-01T04:00"],
    [{ relativeTo: "service day at 08:00", offset: "-1d" }, "2026-05-31T06:00"],
  ])("%j goes off at %s", (parts, expected) => {
    expect(utc(dueMoment(timerOf(parts), bookingOf(stay), confirmedAt)?.dueAt)).toBe(expected);
  });

  it("counts a day rental from the first instant of its day", () => {
    const rental = bookingOf({ start: at("2026-04-24", CAIRO) });

    const due = dueMoment(timerOf({ offset: "-1d" }), rental, undefined);

    expect(utc(due?.referenceAt)).toBe("2026-04-23T22:00");
    expect(utc(due?.dueAt)).toBe("2026-04-22T22:00");
  });

  it("counts what has no day of its own in the zone of an item, else in UTC", () => {
    const timer = timerOf({ relativeTo: "created", offset: "0d at 08:00" });
    const { madeAt } = stay;
    const items = [{ id: "1", name: "Bike", start: at("2026-06-01 10:00") }];

    expect(utc(dueMoment(timer, bookingOf({ madeAt, items }), undefined)?.dueAt)).toBe(
      "2026-05-02T06:00",
    );
    expect(utc(dueMoment(timer, bookingOf({ madeAt }), undefined)?.dueAt)).toBe("2026-05-01T08:00");
  });

  it.each([
    ["no start", {}, { relativeTo: "start" }],
    ["no end", {}, { relativeTo: "end" }],
    ["no day of service", {}, { relativeTo: "service day at 08:00" }],
    ["nobody said when it was made", {}, { relativeTo: "created" }],
    ["nobody said when it was confirmed", {}, { relativeTo: "confirmed" }],
    ["a zone nobody knows", { start: at("2026-06-01 10:00", "Mars/Olympus") }, {}],
  ])("has no moment with %s", (_, booking, parts) => {
    expect(dueMoment(timerOf(parts), bookingOf(booking), undefined)).toBeUndefined();
  });

  it("moved out of the quiet hours stays before the start", () => {
    const early = bookingOf({ start: at("2026-06-01 07:00") });
    const quietHours = { from: "21:00", to: "08:00", move: "after" };

    const due = dueMoment(timerOf({ offset: "-2h", quietHours }), early, undefined);

    expect(utc(due?.dueAt)).toBe("2026-05-31T19:00");
  });

  it("moved to the morning comes in the morning when that is before the start", () => {
    const quietHours = { from: "21:00", to: "08:00", move: "after" };

    const due = dueMoment(timerOf({ offset: "-5h", quietHours }), bookingOf(stay), undefined);

    expect(utc(due?.dueAt)).toBe("2026-06-01T06:00");
  });
});

describe("a moment that has passed", () => {
  const rule = { late: "run", withinMs: HOUR_MS } as const;
  const [dueAt, referenceAt] = [10 * HOUR_MS, 10.5 * HOUR_MS];

  it.each([
    ["is none when it is to come", dueAt - 1, undefined],
    ["of this very millisecond is made up for", dueAt, undefined],
    ["is made up for to the last millisecond before the start", referenceAt - 1, undefined],
    ["is passed over once the start is there", referenceAt, "what it was to come before has begun"],
    ["is passed over beyond its window", dueAt + HOUR_MS + 1, "its moment had passed too long ago"],
  ])("%s", (_, now, reason) => {
    expect(reasonToMiss(rule, { dueAt, referenceAt }, true, now)).toBe(reason);
  });

  it("after the start is made up for within its window, to the millisecond", () => {
    const after = { dueAt, referenceAt: 0 };

    expect(reasonToMiss(rule, after, true, dueAt + HOUR_MS)).toBeUndefined();
    expect(reasonToMiss(rule, after, true, dueAt + HOUR_MS + 1)).toBeDefined();
  });
});

describe("a schedule", () => {
  it.each([
    ["hour", "UTC", "2026-06-01T10:00", ["2026-06-01T11:00", "2026-06-01T12:00"]],
    ["hour", "UTC", "2026-06-01T10:59", ["2026-06-01T11:00", "2026-06-01T12:00"]],
    // Hours are those of UTC, also where the clock stands half an hour beside it.
    ["hour", "Asia/Kolkata", "2026-06-01T10:10", ["2026-06-01T11:00", "2026-06-01T12:00"]],
    // Each hour of the long day and of the short one.
    ["hour", OSLO, "2026-10-25T00:00", ["2026-10-25T01:00", "2026-10-25T02:00"]],
    ["hour", OSLO, "2026-03-29T00:00", ["2026-03-29T01:00", "2026-03-29T02:00"]],
    ["day at 06:30", OSLO, "2026-06-01T04:29", ["2026-06-01T04:30", "2026-06-02T04:30"]],
    ["day at 06:30", OSLO, "2026-06-01T04:30", ["2026-06-02T04:30", "2026-06-03T04:30"]],
    ["day at 06:30", OSLO, "2026-03-28T06:00", ["2026-03-29T04:30", "2026-03-30T04:30"]],
    ["0 7 * * 1-5", OSLO, "2026-06-05T06:00", ["2026-06-08T05:00", "2026-06-09T05:00"]],
    ["0 0 1 * *", OSLO, "2026-03-15T00:00", ["2026-03-31T22:00", "2026-04-30T22:00"]],
    ["*/20 * * * *", "UTC", "2026-06-01T10:05", ["2026-06-01T10:20", "2026-06-01T10:40"]],
    // In the gap: when it ends. Twice: the first, and not again.
    ["day at 02:30", OSLO, "2026-03-28T12:00", ["2026-03-29T01:00", "2026-03-30T00:30"]],
    ["day at 02:30", OSLO, "2026-10-24T12:00", ["2026-10-25T00:30", "2026-10-26T01:30"]],
    ["day at 01:45", LORD_HOWE, "2026-04-04T00:00", ["2026-04-04T14:45", "2026-04-05T15:15"]],
    ["day at 02:15", LORD_HOWE, "2026-10-03T00:00", ["2026-10-03T15:30", "2026-10-04T15:15"]],
    ["day at 00:00", SANTIAGO, "2026-09-05T12:00", ["2026-09-06T04:00", "2026-09-07T03:00"]],
    ["day at 00:00", CAIRO, "2026-04-23T00:00", ["2026-04-23T22:00", "2026-04-24T21:00"]],
    ["30 * * * *", OSLO, "2026-10-24T23:50", ["2026-10-25T00:30", "2026-10-25T01:30"]],
  ])("%s in %s, after %s", (every, timeZone, after, [first, second]) => {
    const slots = slotsOf(every, timeZone);

    const next = slots.after(ms(after));

    expect(utc(next)).toBe(first);
    expect(utc(slots.after(next))).toBe(second);
  });

  it.each([
    "",
    "minute",
    "day",
    "day at 24:00",
    "day at 6:30",
    "* * *",
    "0 0 31 2 *",
    "61 * * * *",
  ])("'%s' is none, and the refusal says what to write", (every) => {
    expect(() => slotsOf(every, "UTC")).toThrow("is no schedule: write hour, day at 06:30");
  });

  it("in a zone nobody knows is none", () => {
    expect(() => slotsOf("day at 06:30", "Mars/Olympus")).toThrow("is no schedule");
  });
});

function clockworkOf(parts: Partial<Clockwork>): Clockwork {
  const every = "hour";
  return {
    ...{ id: "shop/sync", every, slots: slotsOf(every, "UTC"), jitterMs: 0 },
    ...{ rule: "once", withinMs: DAY_MS, ...parts },
  };
}

describe("a turn of an hourly schedule", () => {
  const [since, slot] = [ms("2026-06-01T09:00"), ms("2026-06-01T10:00")];
  const windowOf = (from: string, to: string) => ({ since: ms(from), until: ms(to) });

  it.each(["run", "once", "skip"] as const)("in time is its own hour, with %s", (rule) => {
    const turn = turnOf(clockworkOf({ rule }), slot, since, slot + 4 * MINUTE_MS);

    expect(turn).toMatchObject({ window: { since, until: slot }, reason: undefined });
    expect([utc(turn.next), utc(turn.nextSince)]).toEqual(["2026-06-01T11:00", "2026-06-01T10:00"]);
  });

  it("three hours late, with run, is the first of them", () => {
    const turn = turnOf(clockworkOf({ rule: "run" }), slot, since, ms("2026-06-01T13:10"));

    expect(turn.window).toEqual({ since, until: slot });
    expect(utc(turn.next)).toBe("2026-06-01T11:00");
  });

  it("three hours late, with once, is all of them", () => {
    const turn = turnOf(clockworkOf({ rule: "once" }), slot, since, ms("2026-06-01T13:10"));

    expect(turn.window).toEqual(windowOf("2026-06-01T09:00", "2026-06-01T13:00"));
    expect(turn.reason).toBe("for all moments since, while Bellhop was not at work");
    expect(utc(turn.next)).toBe("2026-06-01T14:00");
  });

  it("three hours late, with skip, is none, and the next window begins where this one did", () => {
    const turn = turnOf(clockworkOf({ rule: "skip" }), slot, since, ms("2026-06-01T13:10"));

    expect(turn.window).toBeUndefined();
    expect([utc(turn.next), utc(turn.nextSince)]).toEqual(["2026-06-01T14:00", "2026-06-01T09:00"]);
  });

  it("older than its window is none, with run", () => {
    const clockwork = clockworkOf({ rule: "run", withinMs: 2 * HOUR_MS });

    const turn = turnOf(clockwork, slot, since, ms("2026-06-01T13:10"));

    expect(turn.window).toBeUndefined();
    expect([utc(turn.next), utc(turn.nextSince)]).toEqual(["2026-06-01T11:00", "2026-06-01T09:00"]);
  });

  it("that waited for its jitter is in time", () => {
    const clockwork = clockworkOf({ rule: "skip", jitterMs: 10 * MINUTE_MS });

    expect(turnOf(clockwork, slot, since, slot + 14 * MINUTE_MS).window).toBeDefined();
  });

  it("that the clock, put back since, has not reached yet is its own", () => {
    const turn = turnOf(clockworkOf({}), slot, since, slot - HOUR_MS);

    expect(turn.window).toEqual({ since, until: slot });
    expect(utc(turn.next)).toBe("2026-06-01T11:00");
  });
});

describe("the windows of a schedule, however long it was away", () => {
  const every = fc.constantFrom(
    "hour",
    "day at 06:30",
    "day at 02:30",
    "*/20 * * * *",
    "0 7 * * 1-5",
  );
  const rules = fc.constantFrom("run" as const, "once" as const, "skip" as const);
  const withinMs = fc.constantFrom(HOUR_MS, 6 * HOUR_MS, 2 * DAY_MS);
  // Mostly awake, at times away for hours or days.
  const waits = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1_000, max: 40 * MINUTE_MS }) },
    { weight: 1, arbitrary: fc.integer({ min: HOUR_MS, max: 3 * DAY_MS }) },
  );
  const naps = fc.array(waits, { minLength: 5, maxLength: 40 });

  it("follow each other without gap or overlap, each once, none from the future", () => {
    fc.assert(
      fc.property(every, rules, withinMs, naps, (words, rule, within, lengths) => {
        const slots = slotsOf(words, OSLO);
        const clockwork = clockworkOf({ slots, rule, withinMs: within });
        let now = ms("2026-03-27T10:07");
        const first = now;
        let [next, since] = [slots.after(now), now];
        const windows: { since: number; until: number }[] = [];
        for (const length of lengths) {
          now += length;
          while (next <= now) {
            const turn = turnOf(clockwork, next, since, now);
            if (turn.window) {
              expect(now - turn.window.until).toBeLessThanOrEqual(within);
              expect(turn.window.until).toBeLessThanOrEqual(now);
              windows.push(turn.window);
            }
            expect(turn.next).toBeGreaterThan(next);
            [next, since] = [turn.next, turn.nextSince];
          }
        }
        let end = first;
        for (const window of windows) {
          expect(window.since).toBe(end);
          expect(window.until).toBeGreaterThan(window.since);
          end = window.until;
        }
        expect(since).toBe(end);
        // None is left lying: the next one is to come.
        expect(next).toBe(slots.after(now));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
