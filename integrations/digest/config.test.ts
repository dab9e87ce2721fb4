import { expect, test } from "vitest";

import { checkContext } from "#sdk/testing";

import { check } from "./check.ts";
import { DigestConfig } from "./config.ts";
import integration from "./index.ts";
import { digest } from "./schedules/digest.ts";

const dueOf = (settings: object) => {
  const config = DigestConfig.parse(settings);
  const { every, timeZone } = digest;
  return [every, timeZone].map((one) => (typeof one === "function" ? one(config) : one));
};

test("without any settings the office gets a mail every morning, if something happened", () => {
  expect(DigestConfig.parse({})).toEqual({
    every: "day",
    at: "07:00",
    evenWhenEmpty: false,
    template: "default",
  });
  expect(dueOf({})).toEqual(["day at 07:00", undefined]);
});

test("it may come at another time, elsewhere, or every hour", () => {
  const evening = dueOf({ at: "18:30", timeZone: "Atlantic/Faroe" });

  expect(evening).toEqual(["day at 18:30", "Atlantic/Faroe"]);
  expect(dueOf({ every: "hour" })).toEqual(["hour", undefined]);
});

test.each([
  [{ to: "nobody" }, "to"],
  [{ every: "week" }, "every"],
  [{ at: "7:00" }, "at"],
  [{ at: "24:00" }, "at"],
  [{ timeZone: "Oslo" }, "timeZone"],
  [{ template: "../../etc" }, "template"],
])("%j stops the start at %s", (settings, path) => {
  const { error } = DigestConfig.safeParse(settings);

  expect(error?.issues[0]?.path.join(".")).toBe(path);
});

test("its only part is one schedule", () => {
  const { manifest, schedules = [], handlers = [] } = integration;

  expect([manifest.id, ...schedules.map(({ id }) => id)]).toEqual(["digest", "digest"]);
  expect(handlers).toEqual([]);
});

test.each([
  [undefined, {}, "refused"],
  [undefined, { to: "boss@example.com" }, "accepted"],
  ["office@example.com", {}, "accepted"],
])("with the office at %s, settings %j are %s", async (office, settings, verdict) => {
  const config = DigestConfig.parse(settings);
  const { mail } = checkContext(config);
  const templates = { render: () => Promise.resolve("text"), texts: () => Promise.resolve({}) };
  const context = checkContext(config, { mail: { ...mail, office }, templates });

  const line = await check(context).catch((error: unknown) => String(error));

  expect(line).toMatch(
    verdict === "refused"
      ? /set mail\.office, or to/
      : /^template default; mailed every day at 07:00$/,
  );
});
