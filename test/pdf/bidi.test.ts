import { expect, test } from "vitest";

import { hasRightToLeft, levelsOf, visualOrder } from "../../src/pdf/bidi.ts";

/** As the eye sees it from left to right. Hebrew letters are written a to z in capitals here. */
function seen(text: string): string {
  const hebrew = text.replaceAll(/[A-Z]/g, (letter) =>
    String.fromCodePoint(0x5d0 + letter.charCodeAt(0) - 65),
  );
  const { levels } = levelsOf(Array.from(hebrew));
  return visualOrder(levels)
    .map((at) => text[at])
    .join("");
}

test.each([
  ["a Hebrew name", "ANNA BERG", "GREB ANNA"],
  ["a Hebrew name after a label", "name: ANNA BERG", "name: GREB ANNA"],
  ["a Latin name in a Hebrew sentence", "SHALOM anna berg TODA", "ADOT anna berg MOLAHS"],
  ["a number in Hebrew", "RECHOV 12 TEL", "LET 12 VOHCER"],
  ["a time in Hebrew", "AT 10:30 SHARP", "PRAHS 10:30 TA"],
  ["an amount in Hebrew", "PAY 20% NOW", "WON 20% YAP"],
  ["brackets inside Hebrew", "A (B) C", "C )B( A"],
  ["brackets around Hebrew in English", "hotel (ALEF) x", "hotel (FELA) x"],
  ["Hebrew in brackets at the end of a Hebrew part", "x A (B) y", "x )B( A y"],
  ["a Latin word in brackets after Hebrew", "ALEF (anna)", ")anna( FELA"],
  ["a phone number after a label", "tel 123-456", "tel 123-456"],
  ["plain English", "plain (English) 10:30", "plain (English) 10:30"],
])("%s is written in the right order", (_, text, expected) => {
  const written = seen(text);

  expect(written).toBe(expected);
});

test("the first letter with a direction decides how the paragraph reads", () => {
  const bases = ["12 שלום anna", "12 anna שלום", "12"].map(
    (text) => levelsOf(Array.from(text)).base,
  );

  expect(bases).toEqual([1, 0, 0]);
});

test("Arabic digits read from left to right inside Arabic", () => {
  const { levels } = levelsOf(Array.from("غرفة ١٢"));

  expect(levels).toEqual([1, 1, 1, 1, 1, 2, 2]);
});

test("a vowel mark stays with its letter", () => {
  const { levels } = levelsOf(Array.from("a\u05e9\u05c1b"));

  expect(levels).toEqual([0, 1, 1, 0]);
});

test("only text with right-to-left letters needs ordering", () => {
  const found = ["Anna Žižek Αθήνα 山田", "שלום", "محمد"].map(hasRightToLeft);

  expect(found).toEqual([false, true, true]);
});
