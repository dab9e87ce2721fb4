import { expect, it } from "vitest";

import { retryAfterMs } from "../../src/sdk/retry-after.ts";

const now = Date.UTC(1994, 10, 6, 8, 44, 37);

it.each([
  ["120", 120_000],
  [" 0 ", 0],
  ["Sun, 06 Nov 1994 08:49:37 GMT", 300_000],
  ["Sunday, 06-Nov-94 08:49:37 GMT", 300_000],
  ["Sun Nov  6 08:49:37 1994", 300_000],
  ["Sun, 06 Nov 1994 08:00:00 GMT", 0],
])("a vendor that asks to wait with Retry-After: %s is understood", (header, waitMs) => {
  expect(retryAfterMs(header, now)).toBe(waitMs);
});

it.each([[undefined], [""], ["soon"], ["-1"], ["1e9"], ["Sun, 99 Nov 1994 08:49:37 GMT"]])(
  "what says neither seconds nor a date asks for nothing: %s",
  (header) => {
    expect(retryAfterMs(header, now)).toBeUndefined();
  },
);
