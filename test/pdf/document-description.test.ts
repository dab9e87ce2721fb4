import { describe, expect, test } from "vitest";

import { fillDescription, type Description } from "../../src/pdf/document-description.ts";
import { createExpressions, createLiquid } from "../../src/templates/expressions.ts";

const expressions = createExpressions(createLiquid([], false), {
  t: { hello: "Hello {name}" },
  language: "en-GB",
});

const data = {
  reference: "1201",
  notes: "",
  items: [
    { name: "Walk", price: { amountMinor: 1250, currency: "EUR" }, options: ["boots", "lunch"] },
    { name: "Fee", price: { amountMinor: 0, currency: "EUR" }, options: [] },
  ],
};

const fill = (description: Description, scope: object = data) =>
  fillDescription(description, scope, expressions);

describe("texts", () => {
  test.each<[string, Description, Description]>([
    ["are filled in", "Booking {{ reference }}", "Booking 1201"],
    ["may use filters", "{{ items[0].price | money }}", "€12.50"],
    ["stay when nothing comes out", { text: "{{ notes }}" }, { text: "" }],
    ["stay text when they are numbers", ["{{ reference }}"], ["1201"]],
    ["know the words of the template", "{{ t.hello | fill: name: 'Anna' }}", "Hello Anna"],
  ])("%s", (_, description, expected) => {
    const filled = fill(description);

    expect(filled).toEqual(expected);
  });

  test("what a guest wrote stays text, whatever it looks like", () => {
    const note = `{{ reference }} {% raw %} $if: "x" [*, {text: y}]`;

    const filled = fill({ text: "{{ note }}", $if: "note" }, { ...data, note });

    expect(filled).toEqual({ text: note });
  });

  test("numbers, switches and nothing stay as they are", () => {
    const description = { fontSize: 9, bold: true, margin: [0, 1.5], color: null };

    const filled = fill(description);

    expect(filled).toEqual(description);
  });
});

describe("$if", () => {
  test.each<[string, boolean]>([
    ["reference", true],
    ["notes", false],
    ["not_there", false],
    ["not_there.at.all", false],
    ["items.size > 1", true],
    ["items[1].price.amountMinor", false],
    [`reference == "1201" and items.size == 3`, false],
  ])("%s keeps the node: %s", (condition, isKept) => {
    const filled = fill(["before", { $if: condition, text: "x" }, "after"]);

    expect(filled).toEqual(isKept ? ["before", { text: "x" }, "after"] : ["before", "after"]);
  });

  test("drops a property as well", () => {
    const filled = fill({ header: { $if: "notes", text: "x" }, text: "y" });

    expect(filled).toEqual({ text: "y" });
  });
});

describe("$for", () => {
  test("repeats a node for each element", () => {
    const filled = fill([{ $for: "item in items", text: "{{ item.name }}" }, "end"]);

    expect(filled).toEqual([{ text: "Walk" }, { text: "Fee" }, "end"]);
  });

  test("gives several rows for each element, with loops inside and conditions on it", () => {
    const filled = fill([
      {
        $for: "item in items",
        $if: "item.options.size > 0",
        $nodes: [
          ["{{ item.name }}"],
          { $for: "option in item.options", $nodes: [["+ {{ option }}"]] },
        ],
      },
    ]);

    expect(filled).toEqual([["Walk"], ["+ boots"], ["+ lunch"]]);
  });

  test("over nothing gives nothing", () => {
    const filled = fill([{ $for: "ticket in tickets", text: "{{ ticket }}" }]);

    expect(filled).toEqual([]);
  });
});

describe("mistakes are named", () => {
  test.each<[Description, RegExp]>([
    ["{{ reference | monney }}", /monney/],
    [[{ $if: "reference | monney", text: "" }], /monney/],
    [[{ $for: "items", text: "" }], /<name> in <path>/],
    [[{ $for: "item in reference", text: "" }], /"reference" is no list/],
    [{ stack: { $for: "item in items", text: "" } }, /stand in lists only/],
    [[{ $nodes: "x" }], /\$nodes is no list/],
    [[{ $if: 3, text: "x" }], /\$if is no condition/],
  ])("%j", (description, message) => {
    const work = () => fill(description);

    expect(work).toThrow(message);
  });
});
