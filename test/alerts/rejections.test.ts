import { describe, expect, it } from "vitest";

import { rejectedJump, rejectedSince } from "../../src/alerts/rejections.ts";

const HOUR_MS = 3_600_000;
const DAY = 24;
const NOON = Date.UTC(2026, 2, 4, 12, 20);
const HOUR = Math.floor(NOON / HOUR_MS);

/** Turned away calls by hours ago. */
function ago(calls: Readonly<Record<number, number>>): Map<number, number> {
  return new Map(Object.entries(calls).map(([hours, count]) => [HOUR - Number(hours), count]));
}

/** So many in each hour of so many days before the last two hours. */
function always(each: number, days = 7): Record<number, number> {
  return Object.fromEntries(Array.from({ length: days * DAY }, (_, n) => [n + 2, each]));
}

describe("a jump of calls with a wrong token", () => {
  it.each([
    ["none is none", {}, undefined],
    ["ten within this hour and the one before", { 0: 4, 1: 6 }, 10],
    ["nine are a scanner's", { 0: 4, 1: 5 }, undefined],
    ["ten that were earlier are over", { 2: 10 }, undefined],
    ["as many as always are none", { 0: 10, 1: 10, ...always(10) }, undefined],
    ["three times as many as always", { 0: 30, 1: 30, ...always(10) }, 60],
    ["nearly three times as many", { 0: 30, 1: 29, ...always(10) }, undefined],
  ])("%s", (_, calls, jump) => {
    expect(rejectedJump(ago(calls), NOON)).toBe(jump);
  });

  it("lasts as long as a few still come, and ends when an hour was quiet", () => {
    const openedAt = NOON - 5 * HOUR_MS;

    expect(rejectedJump(ago({ 1: 3, 5: 40 }), NOON, openedAt)).toBe(3);
    expect(rejectedJump(ago({ 1: 2, 5: 40 }), NOON, openedAt)).toBeUndefined();
  });

  it("is over when it is as before it began, and does not become usual by lasting", () => {
    const openedAt = NOON - 9 * DAY * HOUR_MS;
    const before = Object.fromEntries(
      Array.from({ length: 7 * DAY }, (_, n) => [n + 9 * DAY + 2, 4]),
    );

    expect(rejectedJump(ago({ ...before, 0: 5, 1: 4 }), NOON, openedAt)).toBe(9);
    expect(rejectedJump(ago({ ...before, 0: 4, 1: 4 }), NOON, openedAt)).toBeUndefined();
    expect(rejectedJump(ago({ ...always(50, 9), 0: 50, 1: 50 }), NOON, openedAt)).toBe(100);
  });
});

it("calls since a connection fell silent are those from that hour on", () => {
  expect(rejectedSince(ago({ 0: 1, 2: 2, 3: 4 }), NOON - 2 * HOUR_MS)).toBe(3);
});
