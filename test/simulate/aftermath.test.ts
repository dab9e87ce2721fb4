import { expect, it } from "vitest";

import { httpClient } from "../../src/http/http-client.ts";
import { vendorServer } from "../../src/sdk/testing.ts";
import { type Status, StatusReader, waitForAftermath } from "../../src/simulate/aftermath.ts";

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
