import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { installGuards } from "../../src/process/guards.ts";
import { RetryableError } from "../../src/sdk/errors.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { eventually } from "../harness/eventually.ts";
import { onEachStore } from "../harness/stores.ts";
import { eventOf, openWorkshop } from "../harness/workshop.ts";

// vitest listens for what nobody caught and would fail the suite for what it is about.
const kept = { rejection: [] as Listener[], exception: [] as Listener[] };
type Listener = (...args: unknown[]) => void;

let log = memoryLog();
let removeGuards = () => undefined as unknown;

beforeEach(() => {
  kept.rejection = process.listeners("unhandledRejection") as Listener[];
  kept.exception = process.listeners("uncaughtException") as Listener[];
  process.removeAllListeners("unhandledRejection");
  process.removeAllListeners("uncaughtException");
  log = memoryLog();
  removeGuards = installGuards(log);
});

afterEach(() => {
  removeGuards();
  for (const listener of kept.rejection) process.on("unhandledRejection", listener);
  for (const listener of kept.exception) process.on("uncaughtException", listener);
});

const NEVER = new Promise<never>(() => undefined);
const boom = () => new RetryableError("boom", { retryAfterMs: 60_000 });

const MISDEEDS: readonly { what: string; act: () => unknown; job: string; logged?: string }[] = [
  {
    what: "calls process.exit",
    act: () => process.exit(3),
    job: "ready the handler called process.exit",
  },
  {
    what: "calls process.exit and catches what comes of it",
    act: () => {
      try {
        process.exit(3);
      } catch {
        return NEVER;
      }
    },
    job: "ready the handler called process.exit",
  },
  {
    what: "calls process.abort",
    act: () => {
      process.abort();
    },
    job: "ready the handler called process.abort",
  },
  {
    what: "kills its own process",
    act: () => process.kill(process.pid, "SIGKILL"),
    job: "ready the handler called process.kill on its own process",
  },
  {
    what: "calls process.exit out of a timer",
    act: () => {
      setTimeout(() => process.exit(3), 5);
      return NEVER;
    },
    job: "ready the handler called process.exit",
    logged: "uncaught exception of a handler",
  },
  {
    what: "leaks a rejection",
    act: () => {
      void Promise.reject(boom());
      return NEVER;
    },
    job: "ready boom",
    logged: "unhandled rejection of a handler",
  },
  {
    what: "throws out of a timer",
    act: () => {
      setTimeout(() => {
        throw boom();
      }, 5);
      return NEVER;
    },
    job: "ready boom",
    logged: "uncaught exception of a handler",
  },
  {
    what: "throws out of a microtask",
    act: () => {
      queueMicrotask(() => {
        throw boom();
      });
      return NEVER;
    },
    job: "ready boom",
    logged: "uncaught exception of a handler",
  },
  {
    what: "throws null",
    act: () => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is what it is about
      throw null;
    },
    job: "ready unknown error",
  },
  {
    what: "throws an error whose message and wait are nonsense",
    act: () => Promise.reject(Object.assign(new Error(), { message: 5, retryAfterMs: "soon" })),
    job: "ready unknown error",
  },
  {
    what: "returns nothing",
    act: () => undefined,
    job: "dead the handler returned neither { done } nor { skipped }",
  },
  {
    what: "returns a number",
    act: () => 5,
    job: "dead the handler returned neither { done } nor { skipped }",
  },
  {
    what: "returns { done: 5 }",
    act: () => ({ done: 5 }),
    job: "dead the handler returned neither { done } nor { skipped }",
  },
];

onEachStore((store) => {
  it("whatever a handler does to its process harms its own job alone", async () => {
    const acts = new Map(MISDEEDS.map(({ what, act }) => [what, act]));
    const shop = openWorkshop(await store.open(), {
      concurrency: MISDEEDS.length + 1,
      handle: async ({ subject }) => {
        const act = acts.get(subject);
        if (act) return (await act()) as { done: string };
        await sleep(200);
        return { done: "ok" };
      },
    });

    await shop.tell(...MISDEEDS.map(({ what }) => eventOf(what)), eventOf("an innocent booking"));
    await shop.runUntilIdle();

    expect(await shop.states()).toEqual([...MISDEEDS.map(({ job }) => job), "done ok"]);
    const logged = MISDEEDS.flatMap((misdeed) => misdeed.logged ?? []);
    expect(log.lines.map((line) => line.replace(/ {.*/, "")).toSorted()).toEqual(logged.toSorted());
    for (const line of log.lines) expect(line).toContain("shop/handler1");
  });

  it("a handler that waits for ever gives its place back when its time is over", async () => {
    let tries = 0;
    const shop = openWorkshop(await store.open(), {
      concurrency: 1,
      timeoutMs: 100,
      handle: async ({ subject }, { signal }) => {
        if (subject === "1202") return { done: "ok" };
        signal.addEventListener("abort", () => (tries += 1));
        return NEVER;
      },
    });

    await shop.tell(eventOf("1201"));
    await shop.tell(eventOf("1202"));
    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(["ready took longer than 100 ms", "done ok"]);
    expect(tries).toBe(1);
  });
});

it("what a job leaks after its end is logged with its name and changes nothing", async () => {
  const { runAs } = await import("../../src/process/current-job.ts");
  const fail = vi.fn();
  const job = { handler: "shop/ship", jobId: "job-1", laneId: 1, isSuspect: false, fail };
  await runAs(job, () => {
    setTimeout(() => void Promise.reject(new Error("late")), 5);
  });

  await eventually(() => expect(log.lines).toHaveLength(1));

  expect(log.lines[0]).toContain("job-1");
});

it("an exception that is nobody's ends the process with exit code 1, as Node would", async () => {
  removeGuards();
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  removeGuards = installGuards(log);

  setTimeout(() => {
    throw new Error("ours");
  }, 1);
  await eventually(() => expect(exit).toHaveBeenCalledWith(1));

  expect(log.lines).toEqual([expect.stringContaining("uncaught exception: stopping")]);
  removeGuards();
  removeGuards = () => undefined;
  exit.mockRestore();
});
