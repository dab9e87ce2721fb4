import { describe, expect, it } from "vitest";

import { endOfError } from "../../src/normalize/fetch-end.ts";
import { unitOf } from "../../src/normalize/unit.ts";
import { PermanentError, RetryableError } from "../../src/sdk/errors.ts";

const NOW = Date.UTC(2026, 2, 2, 13, 20);
const HOUR = 3_600_000;

function unitReceived(agoMs: number) {
  const delivery = {
    ...{ position: 1, id: "d1", connection: "bikes", method: "GET", query: "", headers: {} },
    ...{ body: Buffer.alloc(0), receivedAt: NOW - agoMs, looks: 0 },
  };
  return unitOf(delivery, []);
}

function delayMs(agoMs: number, failures: number): number {
  const error = new RetryableError("no answer");
  const end = endOfError(error, [unitReceived(agoMs)], { now: NOW, failures });
  return end.kind === "postpone" ? end.delayMs : Infinity;
}

describe("a booking that could not be fetched", () => {
  it.each([
    ["has just come", 0],
    ["seems to have come an hour ago, by another machine's clock", HOUR],
    ["seems to come in an hour", -HOUR],
  ])("is tried again within 5 seconds when its call %s", (_, agoMs) => {
    expect(delayMs(agoMs, 1)).toBeLessThan(5_000);
  });

  it("is left alone for longer the more often it fails, at most a quarter of an hour or so", () => {
    expect(delayMs(0, 5)).toBeGreaterThan(20_000);
    expect(delayMs(0, 100)).toBeLessThan(20 * 60_000);
  });

  it("is given up after three days, or at once when the source says never", () => {
    const old = [unitReceived(73 * HOUR)];

    expect(endOfError(new RetryableError("x"), old, { now: NOW, failures: 9 }).kind).toBe("end");
    expect(
      endOfError(new PermanentError("x"), [unitReceived(0)], { now: NOW, failures: 1 }).kind,
    ).toBe("end");
  });
});
