import codes from "currency-codes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { kindOf } from "../../src/sdk/errors.ts";
import {
  addMoney,
  decimalsOf,
  formatAmount,
  formatMoney,
  isSameMoney,
  negateMoney,
  parseMoney,
} from "../../src/sdk/money.ts";

/** Of the standard's list, but no money that a booking is paid with: metals, units of account. */
const NO_MONEY = new Set(["XAU", "XAG", "XPD", "XPT", "XDR", "XSU", "XUA", "XBA", "XBB", "XBC"]);
const NOT_USED = new Set(["XBD", "XTS", "XXX", "UYI"]);

it("every currency has the decimals of ISO 4217", () => {
  const wrong = codes
    .codes()
    .filter((code) => !NO_MONEY.has(code) && !NOT_USED.has(code))
    .filter((code) => codes.code(code)?.digits !== decimalsOf(code));

  expect(wrong).toEqual([]);
});

describe("an amount of money is read", () => {
  it.each([
    ["187.00", "EUR", 18_700],
    ["187", "EUR", 18_700],
    ["187.5", "EUR", 18_750],
    ["-0.50", "EUR", -50],
    ["+2.00", "EUR", 200],
    ["0", "EUR", 0],
    ["-0.00", "EUR", 0],
    ["12000", "JPY", 12_000],
    ["12000.00", "JPY", 12_000],
    ["45.750", "KWD", 45_750],
    ["45.75", "KWD", 45_750],
    ["1.005", "EUR", 101],
    ["1.004", "EUR", 100],
    ["-1.005", "EUR", -101],
    [" 12.00 ", "eur", 1_200],
    ["0.07", "EUR", 7],
    ["999999999999.99", "EUR", 99_999_999_999_999],
  ])("%s %s", (text, currency, amountMinor) => {
    expect(parseMoney(text, currency)).toEqual({ amountMinor, currency: currency.toUpperCase() });
  });

  it.each(["", "abc", "1,234.50", "1e5", "0x10", "NaN", "12.00 EUR", "1.2.3", "٣", "9".repeat(20)])(
    "%s is none",
    (text) => {
      const read = () => parseMoney(text, "EUR");

      expect(read).toThrow();
      try {
        read();
      } catch (error) {
        expect(kindOf(error)).toBe("permanent");
      }
    },
  );

  it("without a currency it is none", () => {
    expect(() => parseMoney("1.00", "")).toThrow("not a currency code");
  });
});

it("what is written is read back the same, in every currency", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e12, max: 1e12 }),
      fc.constantFrom("EUR", "JPY", "KWD", "CLF", "USD"),
      (amountMinor, currency) => {
        const money = { amountMinor, currency };

        expect(parseMoney(formatAmount(money), currency)).toEqual(
          amountMinor === 0 ? { amountMinor: 0, currency } : money,
        );
      },
    ),
  );
});

it("a long fraction is rounded as decimal arithmetic would, never as binary floats do", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e9 }),
      fc.integer({ min: 0, max: 99_999 }),
      (whole, part) => {
        const fraction = String(part).padStart(5, "0");

        const { amountMinor } = parseMoney(`${whole}.${fraction}`, "EUR");

        const exact = BigInt(whole) * 100_000n + BigInt(part);
        expect(BigInt(amountMinor)).toBe((exact + 500n) / 1000n);
      },
    ),
  );
});

it("people read it in their own way of writing", () => {
  const money = { amountMinor: 123_450, currency: "EUR" };

  expect(formatMoney(money, "en")).toBe("€1,234.50");
  expect(formatMoney(money, "de").replaceAll(/\s/gu, " ")).toBe("1.234,50 €");
  expect(formatMoney({ amountMinor: 12_000, currency: "JPY" }, "en")).toBe("¥12,000");
});

it("sums stay within one currency", () => {
  const euro = { amountMinor: 100, currency: "EUR" };

  expect(addMoney(euro, negateMoney(euro))).toEqual({ amountMinor: 0, currency: "EUR" });
  expect(() => addMoney(euro, { amountMinor: 1, currency: "USD" })).toThrow(
    "cannot add USD to EUR",
  );
  expect(isSameMoney(euro, { ...euro })).toBe(true);
});
