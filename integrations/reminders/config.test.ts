import { expect, test } from "vitest";

import integration from "./index.ts";
import { RemindersConfig } from "./config.ts";

const kindsOf = (settings: object) =>
  Object.fromEntries(
    Array.from(RemindersConfig.parse(settings).timers, ([name, { template, kind }]) => [
      name,
      `${template} ${kind}`,
    ]),
  );

const usual = {
  reminder: "before before",
  thanks: "after after",
  balance: "balance balance",
  expiring: "expiring expiring",
};

test("without any settings the usual timers have their mails, for guests and without copies", () => {
  const { timers, ...rest } = RemindersConfig.parse({});

  expect(kindsOf({})).toEqual(usual);
  expect(timers.get("reminder")).toEqual({ template: "before", kind: "before" });
  expect(rest).toEqual({ brand: { colour: "#1f4e5f" }, agents: "guest" });
});

test("a usual timer keeps its template when only something beside it is set", () => {
  const { timers } = RemindersConfig.parse({
    timers: { thanks: { reviewLink: "https://example.com/review" } },
  });

  expect(timers.get("thanks")).toEqual({
    template: "after",
    kind: "after",
    reviewLink: "https://example.com/review",
  });
});

test.each([
  ["the template's", { soon: { template: "before" } }, { soon: "before before" }],
  ["the timer's", { reminder: { template: "groups" } }, { reminder: "groups before" }],
  [
    "the template's, not the timer's",
    { thanks: { template: "before" } },
    { thanks: "before before" },
  ],
  ["the one that is set", { x: { template: "mine", kind: "after" } }, { x: "mine after" }],
  ["none in particular", { x: { template: "mine" } }, { x: "mine other" }],
  [
    "a source's name for it",
    { before_or_after_event_1: { template: "after" } },
    { before_or_after_event_1: "after after" },
  ],
])("what a mail is about is %s", (_, timers, expected) => {
  const kinds = kindsOf({ timers });

  expect(kinds).toEqual({ ...usual, ...expected });
});

test.each([
  [{ timers: { soon: {} } }, "timers.soon.template"],
  [{ timers: { constructor: {} } }, "timers.constructor.template"],
  [{ timers: { soon: { template: "../../etc" } } }, "timers.soon.template"],
  [{ timers: { soon: { template: "before", kind: "never" } } }, "timers.soon.kind"],
  [{ timers: { thanks: { reviewLink: "javascript:alert(1)" } } }, "timers.thanks.reviewLink"],
  [{ timers: { thanks: { reviewLinks: "https://example.com" } } }, "timers.thanks"],
  [{ copyTo: "nobody" }, "copyTo"],
  [{ brand: { colour: "red; background: url(x)" } }, "brand.colour"],
  [{ agents: "nobody" }, "agents"],
])("%j stops the start at %s", (settings, path) => {
  const { error } = RemindersConfig.safeParse(settings);

  expect(error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
});

test("the handler has the name the office and the command line use", () => {
  const { manifest, handlers = [] } = integration;

  expect([manifest.id, ...handlers.map(({ id }) => id)]).toEqual(["reminders", "send-reminder"]);
});
