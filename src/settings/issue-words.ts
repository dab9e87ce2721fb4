import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";

const WANTED: Readonly<Record<string, string>> = {
  string: "text",
  object: "keys and values",
  record: "keys and values",
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
};

const FORMATS: Readonly<Record<string, string>> = {
  email: "must be one e-mail address, such as office@example.com",
  url: "must be a whole address, such as https://example.com",
};

/** So many values are listed even when one of them was clearly meant. */
const FEW = 5;

const { localeError } = z.locales.en();

/** What is wrong with a value. What a schema says itself is kept, zod's own words are put plainly. */
export function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.message !== standardMessage(issue)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return typeWords(issue);
    case "invalid_value":
      return valueWords(issue);
    case "invalid_format":
      return FORMATS[issue.format] ?? issue.message;
    case "invalid_key":
      return `not a name: ${issue.issues.map(wordsOf).join(", ")}`;
    case "too_small":
    case "too_big":
      return sizeWords(issue);
    default:
      return issue.message;
  }
}

function standardMessage(issue: z.core.$ZodIssue): string | undefined {
  // A finished issue has all that a raw one has; only the types know them apart.
  const text = localeError(issue as z.core.$ZodRawIssue);
  return typeof text === "object" ? text?.message : text;
}

function typeWords({ expected, input }: z.core.$ZodIssueInvalidType): string {
  const wanted = WANTED[expected] ?? expected;
  if (input === undefined) return "is missing: add it";
  if (expected === "string" && typeof input !== "object") return "must be text: put it in quotes";
  return `must be ${wanted}`;
}

type SizeIssue = z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig;

function sizeWords(issue: SizeIssue): string {
  const isSmall = issue.code === "too_small";
  const limit = String(isSmall ? issue.minimum : issue.maximum);
  const bound = isSmall ? "at least" : "at most";
  if (isSmall && limit === "1" && issue.origin !== "number" && issue.origin !== "int") {
    return issue.origin === "array" ? "is empty: add an entry" : "is empty: give it a value";
  }
  if (issue.origin === "string") return `must be ${bound} ${limit} characters long`;
  if (issue.origin === "array") return `must have ${bound} ${limit} entries`;
  return `must be ${bound} ${limit}`;
}

function valueWords({ values, input }: z.core.$ZodIssueInvalidValue): string {
  const known = values.map(String);
  const guess = typeof input === "string" ? closest(input, known) : "";
  const hint = guess !== "" && isNear(String(input), guess) ? `did you mean ${guess}?` : "";
  if (hint !== "" && known.length > FEW) return `unknown value: ${hint}`;
  return `must be ${listed(known)}${hint === "" ? "" : `: ${hint}`}`;
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

/** Whether one word may be a slip of the other. */
export function isNear(word: string, guess: string): boolean {
  return distance(word, guess) <= Math.max(2, word.length / 3);
}
