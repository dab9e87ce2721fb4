import { expect, it } from "vitest";

import { httpClient } from "../../src/http/http-client.ts";
import { BookingFetcher } from "../../src/normalize/fetch-booking.ts";
import { defineIntegration } from "../../src/sdk/integration.ts";
import { RetryableError } from "../../src/sdk/errors.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { z } from "zod";

/** A source that answers only when it is told to, and then with a failure. */
function failingSource() {
  const waiting: (() => void)[] = [];
  const integration = defineIntegration({
    manifest: { id: "away", name: "Away" },
    config: z.unknown(),
    source: {
      read: () => [],
      budget: () => ({ perHour: 10_000, concurrency: 10 }),
      fetchBooking: async () => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        throw new RetryableError("timed out");
      },
    },
  });
  const mode = "live" as const;
  const config = { source: "away", tokens: [], settings: {}, mode, simulated: false };
  const connection = { id: "bikes", config, integration, settings: {} };
  const tools = { http: httpClient, clock: { now: Date.now }, log: memoryLog() };
  const fetcher = new BookingFetcher(connection, tools, {
    learned: { values: {}, learn: () => undefined },
    health: {
      noteAnswer: () => undefined,
      noteRefusal: () => undefined,
      noteFailure: () => undefined,
    },
  });
  return {
    fetcher,
    failAll: () => {
      for (const fail of waiting.splice(0)) fail();
    },
    get asked() {
      return waiting.length;
    },
  };
}

it("ten fetches that fail together pause the source for seconds, not for minutes", async () => {
  const source = failingSource();
  const { signal } = new AbortController();

  const fetches = Array.from({ length: 10 }, (_, booking) =>
    source.fetcher.fetch(String(booking), {}, signal),
  );
  await expect.poll(() => source.asked).toBe(10);
  source.failAll();
  await Promise.allSettled(fetches);

  expect(source.fetcher.pause?.ms).toBeGreaterThan(1_000);
  expect(source.fetcher.pause?.ms).toBeLessThan(5_001);
});
