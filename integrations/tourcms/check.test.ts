import { kindOf, type SimulatedAnswer, type SimulatedRequest } from "#sdk";
import { fetchContext, vendorServer } from "#sdk/testing";
import { expect, test } from "vitest";

import { check } from "./check.ts";
import { config, fixture } from "./testing.ts";

async function tryOut(
  answer: (request: SimulatedRequest) => SimulatedAnswer,
  settings: Record<string, unknown> = {},
): Promise<{ line: string; urls: string[] }> {
  const server = await vendorServer(answer);
  try {
    const line = await check(fetchContext(config({ apiBaseUrl: server.url, ...settings })));
    return { line, urls: server.requests.map(({ url }) => url) };
  } finally {
    await server.close();
  }
}

const limits = (left: number) => fixture("api/rate_limit_status.xml").replace("2987", String(left));

test("the settings are tried once per channel, and the channel is looked at", async () => {
  const { line, urls } = await tryOut(() => ({ status: 200, body: limits(2987) }));

  expect(line).toBe("2 channels answer, 2987 of 3000 calls left this hour");
  expect(urls).toEqual([
    "/api/rate_limit_status.xml",
    "/api/rate_limit_status.xml",
    "/c/channel/show.xml",
    "/c/channel/show.xml",
  ]);
});

test("the channel with the fewest calls left is the one that is told", async () => {
  const { line } = await tryOut(({ headers }) => ({
    status: 200,
    body: limits(headers["authorization"]?.includes("51300") ? 12 : 2987),
  }));

  expect(line).toBe("2 channels answer, 12 of 3000 calls left this hour");
});

test("a channel without its key is counted, not tried", async () => {
  const { line } = await tryOut(() => ({ status: 200, body: limits(2999) }), {
    channels: { "51234": { apiKey: "k" }, "51300": {} },
  });

  expect(line).toBe("1 channel answers, 2999 of 3000 calls left this hour, 1 without apiKey");
});

test.each([
  ["no key at all", { channels: {} }, "no API key"],
  ["only channels without keys", { channels: { "51234": {} } }, "no API key"],
  ["a refused key", {}, "settings.channels.51"],
])("%s is a matter of settings", async (_name, settings, words) => {
  const error = await tryOut(
    () => ({ status: 200, body: fixture("api/error_fail_keynotfound.xml") }),
    settings,
  ).catch((thrown: unknown) => thrown);

  expect(kindOf(error)).toBe("configuration");
  expect(String(error)).toContain(words);
});

test("an account that is not paid for is not taken for one that works", async () => {
  const body = fixture("api/error_no_matching_data.xml");

  const error = await tryOut(() => ({ status: 200, body })).catch((thrown: unknown) => thrown);

  expect(kindOf(error)).toBe("configuration");
});
