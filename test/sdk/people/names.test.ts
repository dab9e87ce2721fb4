import { expect, it } from "vitest";

import type { Customer } from "../../../src/sdk/booking.ts";
import { areOtherNames, nameWords } from "../../../src/sdk/people/names.ts";

const parts = (firstName: string, lastName: string): Customer => ({ firstName, lastName });
const whole = (name: string): Customer => ({ name });

it.each([
  ["the same name", parts("Anna", "Berg"), parts("anna", "BERG"), "same", "same"],
  ["a name in one field", parts("Anna", "Berg"), whole("Anna Berg"), "same", "same"],
  ["the family name first", parts("Anna", "Berg"), whole("Berg, Anna"), "same", "same"],
  [
    "the family name first, without a comma",
    whole("Berg Anna"),
    whole("Anna Berg"),
    "same",
    "same",
  ],
  ["accents", parts("Øyvind", "Ås"), parts("Oyvind", "As"), "same", "same"],
  ["a title", whole("Mr. Ola Vik"), parts("Ola", "Vik"), "same", "same"],
  ["an initial", parts("A.", "Berg"), parts("Anna", "Berg"), "same", "same"],
  ["another family name", parts("Anna", "Berg"), parts("Anna", "Vik"), "same", "same"],
  ["one of the family", parts("Anna", "Berg"), parts("Jon", "Berg"), "same", "other"],
  ["one of the family, in one field", whole("Anna Berg"), whole("Jon Berg"), "same", "other"],
  ["nothing in common", parts("Anna", "Berg"), parts("Ola", "Vik"), "other", "other"],
  ["no name", parts("Anna", "Berg"), whole("  "), "same", "same"],
  ["another script", parts("Anna", "Berg"), whole("Анна Берг"), "same", "same"],
  ["the same script, and another name", whole("山田 太郎"), whole("鈴木 一郎"), "other", "other"],
])("%s", (_, one, other, byAnyWord, byGivenName) => {
  const [first, second] = [nameWords(one), nameWords(other)];
  const words = (are: boolean) => (are ? "other" : "same");

  expect(words(areOtherNames(first, second, "any word"))).toBe(byAnyWord);
  expect(words(areOtherNames(second, first, "any word"))).toBe(byAnyWord);
  expect(words(areOtherNames(first, second, "given name"))).toBe(byGivenName);
  expect(words(areOtherNames(second, first, "given name"))).toBe(byGivenName);
});

it("what is kept of a name does not show it, and has its end", () => {
  const words = nameWords(
    whole("Anna ".repeat(3) + "abcdefghijklmnopqrstuvwxyz".split("").join("x ")),
  );

  expect(nameWords(whole("Anna Berg"))).toEqual([
    expect.stringMatching(/^gL[0-9a-f]{8}$/),
    expect.stringMatching(/^fL[0-9a-f]{8}$/),
  ]);
  expect(words.length).toBeLessThanOrEqual(12);
});
