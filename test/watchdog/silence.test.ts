import { describe, expect, it } from "vitest";

import { culpritOf, SharedJobs } from "../../src/watchdog/shared-jobs.ts";
import { Silence } from "../../src/watchdog/silence.ts";
import { placeOf } from "../../src/watchdog/witness.ts";

const TICK_MS = 500;

describe("silence", () => {
  it("grows while the other thread does not beat, and ends with its next beat", () => {
    const silence = new Silence(TICK_MS, 0);

    const heard = [1, 1, 1, 2].map((beats, tick) => silence.listen(beats, (tick + 1) * TICK_MS));

    expect(heard).toEqual([0, 500, 1000, 0]);
  });

  it("a machine that slept for an hour is not taken for a handler that loops for an hour", () => {
    const silence = new Silence(TICK_MS, 0);
    silence.listen(1, TICK_MS);

    const afterSleep = silence.listen(1, TICK_MS + 60 * 60_000);

    expect(afterSleep).toBe(2 * TICK_MS);
  });
});

describe("the list of running jobs", () => {
  const job = (laneId: number, isSuspect = false) => ({
    handler: "shop/ship",
    jobId: `job-${laneId}`,
    laneId,
    isSuspect,
    fail: () => undefined,
  });

  it("can be read over the shared memory, without the jobs that have ended", () => {
    const memory = SharedJobs.newMemory();
    const jobs = new SharedJobs(memory);
    const [first, second] = [job(1), job(2, true)];
    jobs.begin(first);
    jobs.begin(second);
    jobs.end(first);

    const read = new SharedJobs(memory).read();

    expect(read).toEqual([{ handler: "shop/ship", jobId: "job-2", laneId: 2, isSuspect: true }]);
  });

  it("takes more jobs than it has room for, and has room again when they end", () => {
    const memory = SharedJobs.newMemory();
    const jobs = new SharedJobs(memory);
    const many = Array.from({ length: 300 }, (_, index) => job(index));
    for (const one of many) jobs.begin(one);
    for (const one of many) jobs.end(one);
    jobs.begin(job(1000));

    const read = new SharedJobs(memory).read();

    expect(read.map(({ laneId }) => laneId)).toEqual([1000]);
  });

  it.each([
    { running: [job(1)], culprit: 1, why: "it was the only one" },
    { running: [job(1), job(2, true)], culprit: 2, why: "it is the only suspect" },
    { running: [job(1), job(2)], culprit: undefined, why: "it could be either" },
    { running: [], culprit: undefined, why: "nothing ran" },
  ])("blames $culprit, because $why", ({ running, culprit }) => {
    expect(culpritOf(running)?.laneId).toBe(culprit);
  });
});

describe("the place in the stack", () => {
  it.each([
    ["    at act (file:///srv/plug%20ins/bad.mjs:14:3)", "/srv/plug ins/bad.mjs:14"],
    ["    at file:///srv/bad.mjs:7:21", "/srv/bad.mjs:7"],
    ["    at Object.act (/srv/bad.cjs:9:1)", "/srv/bad.cjs:9"],
    ["    at async file:///srv/bad.mjs:12:71", "/srv/bad.mjs:12"],
    ["    at RegExp.test (<anonymous>)", undefined],
    ["    at emit (node:events:518:28)", undefined],
  ])("of %j is %j", (line, place) => {
    expect(placeOf([line])).toBe(place);
  });
});
