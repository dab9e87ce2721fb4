import { describe, expect, it } from "vitest";

import { instantOf } from "#sdk";

import { readBody, readFixture } from "./testing.ts";
import { calibrate, readInstant, readMoment } from "./times.ts";

const MADRID = { timestamps: "true_epoch", timeZone: "Europe/Madrid" } as const;

describe("the times of a stay", () => {
  it.each([
    ["40_timezone_true_epoch", "true_epoch"],
    ["40_timezone_true_epoch", "auto"],
    ["40_timezone_wall_clock_epoch", "wall_clock"],
  ])("the stay of %s read as %s is the same in Madrid", (stem, timestamps) => {
    const { view } = readFixture(`${stem}.form`, { timestamps });

    expect(view?.start).toEqual({ date: "2026-07-04", time: "16:00", timeZone: "Europe/Madrid" });
    expect(view?.end).toEqual({ date: "2026-07-06", time: "11:00", timeZone: "Europe/Madrid" });
    expect(view?.madeAt).toBe("2026-03-02T09:15:00Z");
  });

  it("a stay across the end of summer time keeps local times and lasts an hour longer", () => {
    const { view } = readFixture("41_dst_fall_back.form");

    expect(view?.start).toMatchObject({ date: "2026-10-25", time: "01:30" });
    expect(view?.end).toMatchObject({ date: "2026-10-25", time: "03:30" });
    expect(view?.start && view.end && instantOf(view.end) - instantOf(view.start)).toBe(3 * 3.6e6);
  });

  it.each([
    ["1792888200", "+02:00"],
    ["1792891800", "+01:00"],
  ])("a start at 02:30 that comes twice (%s) keeps which one it is", (seconds, offset) => {
    expect(readMoment(seconds, MADRID)).toEqual({
      date: "2026-10-25",
      time: "02:30",
      timeZone: "Europe/Madrid",
      offset,
    });
  });

  it("a day rental has dates and no times", () => {
    const { view } = readFixture("33_cart_a.form");

    expect(view?.start).toEqual({ date: "2026-07-10", timeZone: "Europe/Madrid" });
    expect(view?.end).toEqual({ date: "2026-07-11", timeZone: "Europe/Madrid" });
  });

  it("a dinner that ends at midnight keeps its times", () => {
    const dinner = { start: "2026-07-10 20:00", end: "2026-07-11 00:00" };
    const { view } = readBody(
      new URLSearchParams({ notification_type: "noshow", reservation: "7", ...dinner }).toString(),
    );

    expect([view?.start?.time, view?.end?.time]).toEqual(["20:00", "00:00"]);
  });

  it.each([
    ["2016-07-22", "2016-07-22", undefined],
    ["2016-07-22 15:00", "2016-07-22", "15:00"],
    ["2026-03-02 10:15:00", "2026-03-02", "10:15"],
    ["2026-03-02T10:15:59", "2026-03-02", "10:15:59"],
    ["1460033800", "2016-04-07", "14:56:40"],
  ])("a booking's time may be written %s", (text, date, time) => {
    expect(readMoment(text, MADRID)).toMatchObject({ date, ...(time && { time }) });
  });

  it.each(["", "0", "soon", "2026-02-31 10:00", "0000-00-00 00:00:00", "2026-03-02 25:00", "1e9"])(
    "a booking's time is not read out of %j",
    (text) => {
      expect(readMoment(text, MADRID)).toBeUndefined();
      expect(readInstant(text, MADRID)).toBeUndefined();
    },
  );
});

describe("what a site's timestamps mean, seen beside the API", () => {
  const apiText = "2026-07-04 16:00:00";

  it.each([
    ["40_timezone_true_epoch", "true_epoch"],
    ["40_timezone_wall_clock_epoch", "wall_clock"],
  ])("a booking of %s shows %s", (stem, meaning) => {
    const start = Number(readFixture(`${stem}.json`).announcement.native.fields["start"]);

    expect(calibrate(start, apiText, "Europe/Madrid")).toBe(meaning);
  });

  it("a booking at a time without offset leaves it undecided", () => {
    const noon = Date.UTC(2026, 0, 10, 12) / 1000;

    expect(calibrate(noon, "2026-01-10 12:00:00", "Europe/London")).toBe("undecided");
  });

  it("a booking that was moved in between leaves it undecided", () => {
    expect(calibrate(1783173600, "2026-07-05 16:00:00", "Europe/Madrid")).toBe("undecided");
  });
});
