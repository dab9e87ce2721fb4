import { createHash } from "node:crypto";

import type { Customer } from "../booking.ts";

/**
 * A word of a name as it may be kept: `gLa1b2c3d4`. Whether it is a given name, its script, a hash.
 */
export type NameWord = string;

const MAX_WORDS = 12;

const TITLES = new Set(["mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "hr"]);

/** Letters that are no accented form of another, but stand for one on other keyboards. */
const STAND_INS: Readonly<Record<string, string>> = {
  ...{ ø: "o", æ: "ae", œ: "oe", ß: "ss", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" },
};

/** The words that a guest's name consists of; none of a blank name. */
export function nameWords({ name, firstName, lastName }: Customer = {}): NameWord[] {
  const hasParts = (firstName ?? "").trim() !== "" || (lastName ?? "").trim() !== "";
  const parts = hasParts ? { given: firstName, family: lastName } : partsOf(name ?? "");
  const words = [
    ...wordsOf(parts.given ?? "").map((word) => kept("g", word)),
    ...wordsOf(parts.family ?? "").map((word) => kept("f", word)),
  ];
  return [...new Set(words)].slice(0, MAX_WORDS);
}

/**
 * Whether two names are certainly not one person's. Names in different scripts cannot be compared,
 * and a missing one says nothing.
 *
 * @param by What must agree: any word, or the given name. Families share the other, and a phone.
 */
export function areOtherNames(
  one: readonly NameWord[],
  other: readonly NameWord[],
  by: "any word" | "given name",
): boolean {
  const [mine, theirs] = [comparable(one, other), comparable(other, one)];
  if (mine.length === 0 || theirs.length === 0) return false;
  const [given, theirGiven] = [mine.filter(isGiven), theirs.filter(isGiven)];
  if (by === "any word" || given.length === 0 || theirGiven.length === 0) {
    return !shareWord(mine, theirs);
  }
  return !shareWord(given, theirs) && !shareWord(theirGiven, mine);
}

/** `Berg, Anna` or `Anna Berg` */
function partsOf(name: string): { given: string; family: string } {
  const [family, given] = name.split(",", 2);
  if (family !== undefined && given !== undefined) return { given, family };
  const [first = "", ...rest] = wordsOf(name);
  return { given: first, family: rest.join(" ") };
}

/** Without titles and initials, and however it is spelt. */
function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .map(folded)
    .filter((word) => word !== "" && !TITLES.has(word))
    .filter((word) => word.length > 1 || !/[\p{Script=Latin}\p{Script=Cyrillic}]/u.test(word));
}

function folded(word: string): string {
  // Marks of other scripts are letters: without them it would be another word.
  if (!/^\p{Script=Latin}/u.test(word)) return word.normalize("NFKC");
  return word
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[øæœßłđðþı]/g, (letter) => STAND_INS[letter] ?? letter);
}

const SCRIPTS = {
  L: /^\p{Script=Latin}/u,
  C: /^\p{Script=Cyrillic}/u,
  G: /^\p{Script=Greek}/u,
  A: /^\p{Script=Arabic}/u,
  B: /^\p{Script=Hebrew}/u,
  H: /^\p{Script=Han}/u,
  K: /^[\p{Script=Hiragana}\p{Script=Katakana}]/u,
  N: /^\p{Script=Hangul}/u,
  T: /^\p{Script=Thai}/u,
};

function kept(part: "g" | "f", word: string): NameWord {
  const [script = "X"] = Object.entries(SCRIPTS).find(([, letters]) => letters.test(word)) ?? [];
  return `${part}${script}${createHash("sha256").update(word).digest("hex").slice(0, 8)}`;
}

function comparable(words: readonly NameWord[], others: readonly NameWord[]): NameWord[] {
  const scripts = new Set(others.map((word) => word[1]));
  return words.filter((word) => scripts.has(word[1]));
}

function isGiven(word: NameWord): boolean {
  return word.startsWith("g");
}

function shareWord(some: readonly NameWord[], others: readonly NameWord[]): boolean {
  const known = new Set(others.map((word) => word.slice(1)));
  return some.some((word) => known.has(word.slice(1)));
}
