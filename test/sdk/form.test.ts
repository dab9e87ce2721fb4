import fc from "fast-check";
import { expect, it } from "vitest";

import { parseForm } from "../../src/sdk/form.ts";

it("repeated names keep all their values, and those that differ are named", () => {
  const form = parseForm("a=1&a=2&b=3&b=3&a[]=4");

  expect(form.get("a")).toBe("1");
  expect(form.all("a")).toEqual(["1", "2", "4"]);
  expect(form.all("b")).toEqual(["3", "3"]);
  expect(form.conflicts).toEqual(["a"]);
});

it("brackets have no meaning: nothing is nested", () => {
  expect(parseForm("a[b]=1&a[b][c]=2").names).toEqual(["a[b]", "a[b][c]"]);
});

it("bad percent sequences stay as they are", () => {
  const form = parseForm("note=100%+sure%ZZ&name=%C3%A9");

  expect(form.get("note")).toBe("100% sure%ZZ");
  expect(form.get("name")).toBe("é");
});

it("names of the language are names like others", () => {
  const form = parseForm("constructor=x&toString=y&__proto__=z&hasOwnProperty=w");

  expect(form.get("constructor")).toBe("x");
  expect(form.get("toString")).toBe("y");
  expect(({} as Record<string, unknown>)["z"]).toBeUndefined();
});

it("many repeats of a name are kept", () => {
  expect(parseForm(Array.from({ length: 500 }, () => "a=1").join("&")).all("a")).toHaveLength(500);
});

it("no text makes it throw", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(() => parseForm(text)).not.toThrow();
    }),
  );
});

it("what a browser sends is read back", () => {
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/).filter((n) => n !== "__proto__");
  fc.assert(
    fc.property(fc.dictionary(name, fc.string({ unit: "grapheme" })), (fields) => {
      const form = parseForm(new URLSearchParams(fields).toString());

      for (const [field, value] of Object.entries(fields)) expect(form.get(field)).toBe(value);
    }),
  );
});
