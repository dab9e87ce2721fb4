import { expect, it } from "vitest";

import { httpClient } from "../../src/http/http-client.ts";
import { vendorServer } from "../../src/sdk/testing.ts";
import { type Status, StatusReader, waitForAftermath } from "../../src/simulate/aftermath.ts";
import { statusTable, tallyTable } from "../../src/simulate/summary.ts";

const IDLE: Status = {
  accepted: 10,
  waiting: 0,
  held: 0,
  failed: 0,
  events: 8,
  jobs: { ready: 0, leased: 0, done: 4, skipped: 1, superseded: 0, held: 0, dead: 0 },
};

/** A status API that tells of each state in turn, and then of the last again and again. */
async function statusApi(...states: readonly Status[]) {
  const left = [...states];
  const server = await vendorServer(({ url, headers }) => {
    if (headers["authorization"] !== "Bearer token") return { status: 401, body: "" };
    const state = left.length > 1 ? left.shift() : left[0];
    return url === "/api/v1/status"
      ? { status: 200, body: JSON.stringify(state) }
      : { status: 404, body: "" };
  });
  return server;
}

const waiting = { answered: () => 0, longestMs: 10_000, signal: new AbortController().signal };

it("the simulated systems stay until nothing waits and no job is left to do", async () => {
  const busy = { ...IDLE, waiting: 2 };
  const working = { ...IDLE, jobs: { ...IDLE.jobs, leased: 1 } };
  const server = await statusApi(busy, working, IDLE);
  const status = new StatusReader(httpClient, server.url, "token");

  const after = await waitForAftermath({ ...waiting, status });
  await server.close();

  expect(after).toEqual(IDLE);
  expect(server.requests.length).toBe(3);
});

it("they do not stay for ever", async () => {
  const server = await statusApi({ ...IDLE, waiting: 1 });
  const status = new StatusReader(httpClient, server.url, "token");

  const after = await waitForAftermath({ ...waiting, status, longestMs: 0 });
  await server.close();

  expect(after).toMatchObject({ waiting: 1 });
});

it("a refused token is said instead of figures", async () => {
  const server = await statusApi(IDLE);
  const status = new StatusReader(httpClient, server.url, "wrong");

  const after = await waitForAftermath({ ...waiting, status, longestMs: 0 });
  await server.close();

  expect(after).toBe("/api/v1/status answered 401");
});

it("the table shows what has been added since, and the queues as they are now", () => {
  const after: Status = {
    accepted: 25,
    waiting: 3,
    held: 1,
    failed: 2,
    events: 20,
    jobs: { ready: 2, leased: 1, done: 9, skipped: 2, superseded: 3, held: 1, dead: 1 },
  };

  const rows = statusTable(IDLE, after)
    .split("\n")
    .slice(0, 9)
    .map((line) => line.trim().split(/\s{2,}/));

  expect(rows).toEqual([
    ["accepted", "15"],
    ["events", "12"],
    ["jobs done", "5"],
    ["skipped", "4"],
    ["to do", "3"],
    ["waiting", "3"],
    ["held", "2"],
    ["failed", "2"],
    ["dead", "1"],
  ]);
  expect(statusTable(IDLE, after)).toContain("looks again after 10 s");
  expect(statusTable(IDLE, IDLE)).not.toContain("looks again");
});

it("the table of calls names answers by status, and what nobody took", () => {
  const answers = new Map([
    ["503", 2],
    ["200", 8],
  ]);

  const tally = { calls: 10, repeats: 1, subjects: 4, taken: 8, lost: 2, answers };

  expect(tallyTable(tally, 2)).toBe(
    [
      "  calls      10, 1 of them for the second time",
      "  about      4 bookings, coupons, customers …",
      "  answers    200 × 8, 503 × 2",
      "  not taken  2",
      "  time       2.0 s, 5/s",
      "",
    ].join("\n"),
  );
});
