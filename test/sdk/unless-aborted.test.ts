import { getEventListeners } from "node:events";

import { expect, it } from "vitest";

import { unlessAborted } from "../../src/sdk/unless-aborted.ts";

const never = new Promise<string>(() => undefined);

it("work that ends in time is answered, and leaves nobody listening", async () => {
  const { signal } = new AbortController();

  expect(await unlessAborted(Promise.resolve("done"), signal)).toBe("done");
  await expect(unlessAborted(Promise.reject(new Error("no")), signal)).rejects.toThrow("no");

  expect(getEventListeners(signal, "abort")).toEqual([]);
});

it("work that does not is left alone with the reason", async () => {
  const stopping = new AbortController();
  const waiting = unlessAborted(never, stopping.signal);

  stopping.abort(new Error("the time is up"));

  await expect(waiting).rejects.toThrow("the time is up");
  await expect(unlessAborted(never, stopping.signal)).rejects.toThrow("the time is up");
  expect(getEventListeners(stopping.signal, "abort")).toEqual([]);
});
