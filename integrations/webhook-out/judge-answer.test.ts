import { expect, it } from "vitest";

import { kindOf, messageOf } from "#sdk";

import { judgeAnswer } from "./judge-answer.ts";

const NOW = Date.UTC(2026, 2, 2, 13, 20);

function judged(status: number, headers: Record<string, string> = {}): unknown {
  const body = Buffer.from("guest anna@example.com");
  try {
    judgeAnswer({ status, headers, body, text: () => body.toString() }, "hooks.example.com", NOW);
    return undefined;
  } catch (error) {
    expect(messageOf(error)).toContain(`hooks.example.com answered ${status}`);
    expect(messageOf(error)).not.toContain("anna");
    return error;
  }
}

it.each([200, 201, 202, 204, 299])("%s: the receiver has it", (status) => {
  expect(judged(status)).toBeUndefined();
});

it.each([301, 302, 303, 307, 308])("%s: a redirect is not followed, and that is said", (status) => {
  const error = judged(status, { location: "https://elsewhere.example/key" });

  expect(kindOf(error)).toBe("configuration");
  expect(messageOf(error)).toContain("a redirect, which is not followed");
  expect(messageOf(error)).not.toContain("elsewhere");
});

it.each([
  [401, "is the secret the same there?"],
  [403, "does not let us in"],
  [404, "is the workflow there switched on?"],
  [405, "takes no POST"],
  [407, "a proxy"],
  [410, "given the address up for good"],
])("%s: the handler waits for a person: %s", (status, words) => {
  const error = judged(status);

  expect(kindOf(error)).toBe("configuration");
  expect(messageOf(error)).toContain(words);
});

it.each([400, 406, 409, 413, 415, 422, 451])("%s: this event is not wanted", (status) => {
  expect(kindOf(judged(status))).toBe("permanent");
});

it.each([
  [408, false],
  [425, false],
  [429, false],
  [500, true],
  [502, true],
  [503, true],
  [504, true],
])(
  "%s: it is tried again; the receiver may have it all the same: %s",
  (status, mayHaveHappened) => {
    expect(judged(status)).toMatchObject({ kind: "retryable", retryAfterMs: 0, mayHaveHappened });
  },
);

it.each([
  ["120", 120_000],
  ["Mon, 02 Mar 2026 13:21:00 GMT", 60_000],
])("a receiver that asks for peace gets it: Retry-After %s", (header, retryAfterMs) => {
  expect(judged(429, { "retry-after": header })).toMatchObject({ retryAfterMs });
});
