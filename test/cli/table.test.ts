import { expect, it } from "vitest";

import { table } from "../../src/cli/table.ts";

it("columns are as wide as their longest cell", () => {
  expect(table(["REFERENCE", "STATE"], [["1201", "confirmed"]], 100)).toBe(
    "REFERENCE  STATE\n1201       confirmed\n",
  );
});

it("the widest cells are cut so that a line fits, short ones stay whole", () => {
  const long = "the booking is gone from the source, which says nothing more";
  const text = table(["ID", "REASON", "SUMMARY"], [["1201", long, `${long} ${long}`]], 60);

  const [, row = ""] = text.split("\n");
  expect(row.startsWith("1201  the booking")).toBe(true);
  expect(row.length).toBe(60);
  expect(row.match(/…/g)).toHaveLength(2);
});

it("a letter of several code points is one letter", () => {
  expect(table(["NAME", "X"], [["👩‍👩‍👧", "1"]], 100)).toBe("NAME  X\n👩‍👩‍👧     1\n");
});

it("a guest's name cannot move the cursor, add lines or turn the writing round", () => {
  const text = table(["NAME", "X"], [["Eve\u001b[2J\nroot\u202e", "1"]], 100);

  expect(text).toBe("NAME          X\nEve [2J root  1\n");
});

it("what people copy is never cut", () => {
  const id = "01980000-0000-7000-8000-000000000001";

  const [, row = ""] = table(["ID", "REASON"], [[id, "x".repeat(50)]], 50, ["ID"]).split("\n");

  expect(row).toBe(`${id}  ${"x".repeat(11)}…`);
});
