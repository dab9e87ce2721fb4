import { expect, it } from "vitest";

import { hostOf, isOnlyPublic, isWanted, WebhookOutConfig } from "./config.ts";
import { NEWER_SECRET, SECRET } from "./testing.ts";

const url = "https://hooks.example.com/in/3f9a";

it("with an address and a secret, all that happens to bookings is sent, to public addresses alone", () => {
  const config = WebhookOutConfig.parse({ url, secret: SECRET });

  expect(config).toMatchObject({ url, secret: [SECRET], allowPrivate: false });
  expect(isWanted(config, "booking.confirmed")).toBe(true);
  expect(isWanted(config, "source.unknown")).toBe(true);
  expect(isWanted(config, "clock.hourly")).toBe(false);
});

it("while a secret is changed there are two, newest first", () => {
  const { secret } = WebhookOutConfig.parse({ url, secret: [NEWER_SECRET, SECRET] });

  expect(secret).toEqual([NEWER_SECRET, SECRET]);
});

it.each([
  [{ url: "ftp://example.com" }, "url"],
  [{ url: "hooks.example.com" }, "url"],
  [{ url: "https://user:pass-word@example.com/in" }, "url"],
  [{ url: "https://user@example.com/in" }, "url"],
  [{ secret: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }, "secret"],
  [{ secret: "whsec_short" }, "secret"],
  [{ secret: [] }, "secret"],
  [{ secret: [SECRET, "whsec_short"] }, "secret.1"],
  [{ secret: [SECRET, SECRET, SECRET] }, "secret"],
  [{ types: ["booking.confirmd"] }, "types.0"],
  [{ types: ["schedule.due"] }, "types.0"],
  [{ types: [] }, "types"],
  [{ contentType: "text/plain" }, "contentType"],
  [{ allowPrivate: "10.0.0.1" }, "allowPrivate"],
])("%j stops the start at %s, and the message repeats no value", (settings, path) => {
  const { error } = WebhookOutConfig.safeParse({ url, secret: SECRET, ...settings });

  expect(error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  const told = error?.issues.map(({ message }) => message).join();
  expect(told).not.toMatch(/pass-word|MfKQ9|short/);
});

it.each([
  [false, true],
  [true, false],
  [["hooks.example.com"], false],
  [["Hooks.Example.com"], false],
  [["example.com"], true],
  [[], true],
])("allowPrivate %j: only public addresses are called: %s", (allowPrivate, expected) => {
  const config = WebhookOutConfig.parse({ url, secret: SECRET, allowPrivate });

  expect(isOnlyPublic(config)).toBe(expected);
});

it("people are told the host; the rest of an address may be as good as a key", () => {
  expect(hostOf(WebhookOutConfig.parse({ url, secret: SECRET }))).toBe("hooks.example.com");
});
