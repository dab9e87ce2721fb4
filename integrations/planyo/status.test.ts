import { describe, expect, it } from "vitest";

import { readStatus } from "./status.ts";
import { fixtureJson } from "./testing.ts";

interface StatusVector {
  status: number;
  bits: string[];
  cancelled: boolean;
}

const vectors = fixtureJson("api/status_vectors.json") as StatusVector[];

describe("the status of a reservation", () => {
  it.each(vectors)("$status tells what its bits say", ({ status, bits, cancelled }) => {
    const reading = readStatus(String(status));

    expect(reading?.status === "cancelled").toBe(cancelled);
    expect(reading?.cancellation !== null).toBe(cancelled);
    expect(reading?.flags).toEqual({
      fraud: bits.includes("fraud"),
      conflict: bits.includes("conflict"),
      locked: bits.includes("locked"),
    });
  });

  it.each([
    [0, "draft"],
    [2, "draft"],
    [3, "requested"],
    [7, "confirmed"],
    [11, "cancelled"],
    [23, "cancelled"],
    [515, "cancelled"],
    [39, "checked_in"],
    [1063, "checked_out"],
    [1031, "checked_out"],
    [4103, "no_show"],
    [2050, "quoted"],
    [8194, "waitlisted"],
    [16391, "confirmed"],
    [259, "requested"],
    [64, "requested"],
    [71, "confirmed"],
    [75, "cancelled"],
    [7 + 32 + 1024 + 4096 + 16, "cancelled"],
  ])("%d means %s", (status, meaning) => {
    expect(readStatus(String(status))?.status).toBe(meaning);
  });

  it("is not disturbed by bits that Planyo may add", () => {
    const reading = readStatus(String(7 + 2 ** 20 + 2 ** 40));

    expect(reading?.status).toBe("confirmed");
  });

  it.each([
    ["8", "staff"],
    ["16", "customer"],
    ["512", "system"],
    ["520", "staff"],
  ])("%s says who cancelled: %s", (status, by) => {
    expect(readStatus(status)?.cancellation).toEqual({ by });
  });

  it.each(["", "VIP", "-1", "7.5", "1e3", "0x7"])("is not read out of %j", (text) => {
    expect(readStatus(text)).toBeUndefined();
  });
});
