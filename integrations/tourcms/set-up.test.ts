import { kindOf, type SimulatedAnswer, type SimulatedRequest } from "#sdk";
import { checkContext, fetchContext, vendorServer } from "#sdk/testing";
import { afterEach, describe, expect, test } from "vitest";

import { check } from "./check.ts";
import tourcms from "./index.ts";
import { describe as readDescription, type Means } from "./set-up.ts";
import { account, closeAccounts, NOW } from "./simulator/testing.ts";
import { config, fixture } from "./testing.ts";

afterEach(closeAccounts);

const channel = fixture("lists/channel.xml");

/** A server that shows each channel as given, and the same rate limit for all. */
async function against<T>(
  shown: (channelId: string, request: SimulatedRequest) => string | SimulatedAnswer,
  act: (means: Means) => Promise<T>,
  settings: Record<string, unknown> = {},
): Promise<T> {
  const server = await vendorServer((request) => {
    const [, channelId = ""] = /TourCMS (\d+):/.exec(request.headers["authorization"] ?? "") ?? [];
    const answer = request.url.includes("rate_limit_status")
      ? fixture("api/rate_limit_status.xml")
      : shown(channelId, request);
    return typeof answer === "string" ? { status: 200, body: answer } : answer;
  });
  try {
    return await act(fetchContext(config({ apiBaseUrl: server.url, ...settings })));
  } finally {
    await server.close();
  }
}

const named = (channelId: string) =>
  channel.replace("51234", channelId).replace("Forest Tours", `Forest ${channelId}`);
const without = (element: string) => channel.replace(new RegExp(`<${element}>.*</${element}>`), "");
const failure = (call: Promise<unknown>) => call.catch((thrown: unknown) => thrown);

describe("check compares the account with the settings", () => {
  test("what fits is told with the channels' names", async () => {
    const line = await against(named, check);

    expect(line).toBe(
      "2 channels answer (Fjord & Forest 51234, Fjord & Forest 51300), " +
        "2987 of 3000 calls left this hour",
    );
  });

  test("an account in another time zone is told, with the line to write", async () => {
    const error = await failure(against(named, check, { timeZone: "UTC" }));

    expect(kindOf(error)).toBe("configuration");
    expect(String(error)).toContain(
      "channel 51234 is in Europe/Oslo, settings.timeZone says UTC: write timeZone: Europe/Oslo",
    );
  });

  test("two names of one zone are no difference", async () => {
    const kiev = channel.replace("Europe/Oslo", "Europe/Kiev");

    const line = await against(() => kiev, check, { timeZone: "Europe/Kyiv" });

    expect(line).toContain("2 channels answer");
  });

  test("a channel of another account is told", async () => {
    const foreign = (id: string) =>
      id === "51300" ? named(id).replace("90001", "90002") : named(id);

    const error = await failure(against(foreign, check));

    expect(kindOf(error)).toBe("configuration");
    expect(String(error)).toContain("channel 51300 is of account 90002");
    expect(String(error)).toContain('write accountId: "90002"');
  });

  test("an account number that is not set yet is named", async () => {
    const line = await against(named, check, { accountId: undefined });

    expect(line).toMatch(/, nothing is done before you write accountId: "90001"$/);
  });

  test.each([
    ["no time zone", without("account_timezone")],
    ["a time zone nobody knows", channel.replace("Europe/Oslo", "Middle/Earth")],
    ["no account", without("account_id")],
    ["nothing", fixture("api/error_no_matching_data.xml")],
    ["that it may not be read", fixture("api/error_fail_perm.xml")],
    ["that the hour's calls are used up", { status: 429, body: "slow down" }],
  ])("a channel that shows %s is not compared", async (_name, answer) => {
    const line = await against(() => answer, check);

    expect(line).toContain("2987 of 3000 calls left this hour");
  });
});

describe("describe reads the account for those who set up", () => {
  test("all of the simulated account, with a channel for each key", async () => {
    const { context } = await account(1, NOW, { clock: () => NOW });

    const description = await tourcms.describe?.(
      checkContext(context.config, { clock: { now: () => NOW } }),
    );

    expect(description).toEqual({
      name: "Fjord & Forest Tours",
      timeZone: "Europe/Oslo",
      currency: "EUR",
      language: "en",
      parts: [
        { kind: "channel", id: "51234", name: "Fjord & Forest Tours" },
        { kind: "channel", id: "51300", name: "Fjord & Forest Tours Japan" },
      ],
    });
  });

  test("what channels do not agree on, or do not name, is left out", async () => {
    const differing = (id: string) =>
      id === "51234"
        ? "<response><error>OK</error><channel><channel_name/></channel></response>"
        : named(id).replaceAll("EUR", "JPY").replace("<sale_currency>JPY", "<sale_currency>");
    const twoCurrencies = (id: string) =>
      id === "51234" ? named(id) : named(id).replaceAll("EUR", "JPY");

    const sparse = await against(differing, readDescription);
    const split = await against(twoCurrencies, readDescription);

    expect(sparse).toEqual({
      timeZone: "Europe/Oslo",
      currency: "JPY",
      language: "en",
      parts: [
        { kind: "channel", id: "51234", name: "51234" },
        { kind: "channel", id: "51300", name: "Fjord & Forest 51300" },
      ],
    });
    expect(split).not.toHaveProperty("currency");
  });

  test("channels that a check has asked are not asked again", async () => {
    const asked: string[] = [];
    const show = (id: string) => {
      asked.push(id);
      return named(id);
    };

    await against(show, async (means) => {
      await check(means);
      await readDescription(means);
    });

    expect(asked.toSorted()).toEqual(["51234", "51300"]);
  });

  test.each([
    ["error_fail_sig", {}],
    ["error_no_matching_data", { channels: { "51234": {} } }],
  ])("no key and a refused key are a matter of settings: %s", async (name, settings) => {
    const call = against(() => fixture(`api/${name}.xml`), readDescription, settings);

    expect(kindOf(await failure(call))).toBe("configuration");
  });
});
