import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { applied, MUTANTS } from "./mutants.ts";

it.each(MUTANTS)("the mutant '$name' still fits the source", (mutant) => {
  const source = readFileSync(mutant.file, "utf8");

  expect(applied(mutant, source)).not.toBe(source);
});

it.each(MUTANTS)("the tests that must catch '$name' are there", ({ test, titles }) => {
  const title = new RegExp(titles.replace(/^on (SQLite|MariaDB) /, ""));

  expect(readFileSync(test, "utf8")).toMatch(title);
});
