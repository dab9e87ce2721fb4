import fc from "fast-check";
import { expect, test } from "vitest";

import { readXml } from "../xml.ts";
import { element, elements } from "./write-xml.ts";

function textIn(xml: string): string {
  const reading = readXml(xml);
  return reading.kind === "read" ? reading.root.text : `not read: ${reading.why}`;
}

test.each([
  "&amp;",
  "&#8364;200.00",
  "<b>&</b>",
  "]]>",
  "\"quoted\" 'too'",
  "one\r\ntwo",
  "𝔘 نورة 美咲",
])("a guest's words come through the XML as they were: %j", (words) => {
  expect(textIn(element("note", words))).toBe(words);
});

test("any words do", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (words) => {
      expect(textIn(element("note", words))).toBe(words);
    }),
  );
});

test("elements keep their order; what is empty or not there makes an empty element", () => {
  const written = elements({ b: 2, a: "1", none: undefined, empty: "", list: [], zero: 0 });

  expect(written.join("")).toBe("<b>2</b><a>1</a><none/><empty/><list/><zero>0</zero>");
});
