import { expect, test } from "vitest";
import { z } from "zod";

import { apiKeyOf, TourcmsConfig } from "./config.ts";

function messagesFor(settings: unknown): string[] {
  const result = TourcmsConfig.safeParse(settings);
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

test("a connection works with no settings at all until its first booking needs a key", () => {
  expect(TourcmsConfig.parse({})).toEqual({
    marketplaceId: "0",
    channels: {},
    apiBaseUrl: "https://api.tourcms.com",
    timeZone: "UTC",
    hourlyLimit: 3000,
  });
});

test("the short form for one channel and the list of channels mean the same", () => {
  const short = TourcmsConfig.parse({ channelId: "51234", apiKey: "key-1" });
  const long = TourcmsConfig.parse({ channels: { "51234": { apiKey: "key-1" } } });

  expect(short).toEqual(long);
  expect(apiKeyOf(short, "51234")).toBe("key-1");
  expect(apiKeyOf(short, "51300")).toBeUndefined();
});

test("a channel may stand there without its key, which an empty variable leaves undefined", () => {
  const config = TourcmsConfig.parse({ channels: { "51234": { apiKey: undefined } } });

  expect(Object.keys(config.channels)).toEqual(["51234"]);
  expect(apiKeyOf(config, "51234")).toBeUndefined();
});

test("ids without quotes are numbers in YAML and are taken as ids", () => {
  const config = TourcmsConfig.parse({ accountId: 90001, channelId: 51234, apiKey: "key-1" });

  expect(config.accountId).toBe("90001");
  expect(Object.keys(config.channels)).toEqual(["51234"]);
});

test("the API address is kept without a slash at its end", () => {
  expect(TourcmsConfig.parse({ apiBaseUrl: "http://127.0.0.1:8099/" }).apiBaseUrl).toBe(
    "http://127.0.0.1:8099",
  );
});

test.each([
  [{ channelId: "1", apiKey: "k", channels: { "2": { apiKey: "k" } } }, "channels: give either"],
  [{ channelId: "1", channels: { "2": {} } }, "channels: give either"],
  [{ channelId: "1" }, "apiKey: channelId needs its apiKey"],
  [{ apiKey: "k" }, "channelId: apiKey needs the channelId"],
  [{ accountId: "90001 OR 1" }, "accountId: must be a number"],
  [{ channels: { oslo: { apiKey: "k" } } }, "channels.oslo:"],
  [{ timeZone: "Oslo" }, "timeZone: must be an IANA time zone"],
  [{ apiBaseUrl: "ftp://api.example.com" }, "apiBaseUrl:"],
  [{ hourlyLimit: 0 }, "hourlyLimit:"],
  [{ chanels: {} }, ": Unrecognized key"],
])("settings that cannot be right are refused by name: %j", (settings, message) => {
  const messages = messagesFor(settings);

  expect(messages).toHaveLength(1);
  expect(messages[0]).toContain(message);
});

test("every setting is described and the keys are marked as secret", () => {
  const schema = z.toJSONSchema(TourcmsConfig, { io: "input" });
  const { properties = {} } = schema;

  expect(Object.keys(properties)).toContain("channels");
  for (const [name, property] of Object.entries(properties)) {
    expect(property, name).toHaveProperty("description");
  }
  expect(properties["apiKey"]).toMatchObject({ secret: true });
  expect(JSON.stringify(properties["channels"])).toContain('"secret":true');
});
