import { expect, test } from "vitest";

import { readXml, type XmlElement } from "./xml.ts";
import { fixture } from "./testing.ts";

function rootOf(xml: string): XmlElement {
  const reading = readXml(xml);
  if (reading.kind !== "read") throw new Error(reading.why);
  return reading.root;
}

test.each([
  ["<a>x &amp;amp; y</a>", "x &amp; y"],
  ["<a>&amp;#8364;200.00</a>", "&#8364;200.00"],
  ["<a>&lt;b&gt; &quot;&apos;</a>", "<b> \"'"],
  ["<a>1&#10;2&#9;&#x1F6B2;</a>", "1\n2\t🚲"],
  ["<a><![CDATA[<i>&amp;</i>]]> &amp; more</a>", "<i>&amp;</i> & more"],
  ["<a>&nbsp;&bad;&#0;&#xD800; &</a>", "&nbsp;&bad;&#0;&#xD800; &"],
  ["<a>one<!-- two -->three</a>", "onethree"],
  ["<a>  kept \r\n </a>", "  kept \n "],
  ["<a>007</a>", "007"],
  ["<a>1e5</a>", "1e5"],
  ["<a/>", ""],
  ["<a></a>", ""],
])("text is read once and stays text: %j", (xml, text) => {
  expect(rootOf(xml).text).toBe(text);
});

test("elements keep their order, also those with one name", () => {
  const { children } = rootOf("<a>\n <b>1</b><c/><b>2</b>\n</a>");

  expect(children.map(({ name, text }) => `${name}${text}`)).toEqual(["b1", "c", "b2"]);
});

test.each([
  ["half a document", fixture("awkward/truncated.xml")],
  ["a closed part of one", "<a><b>1</b>"],
  ["an unclosed element inside", "<a><b>1</a>"],
  ["crossed elements", "<a><b>1</a></b>"],
  ["an unclosed CDATA", "<a><![CDATA[1</a>"],
  ["an unclosed tag", "<a><b "],
  ["a page of a proxy", fixture("awkward/html_instead_of_xml.txt")],
  ["a page with its document type", "<!DOCTYPE html>\n<html><body>502</body></html>"],
  ["JSON", '{"error":"OK"}'],
  ["nothing", ""],
  ["two documents", "<a/><b/>"],
  ["a tower of elements", "<a>".repeat(5000) + "</a>".repeat(5000)],
  ["a prototype", "<a><__proto__>1</__proto__></a>"],
])("%s is broken, not wrong", (_name, xml) => {
  expect(readXml(xml).kind).toBe("broken");
});

test.each([
  ["an entity attack", fixture("awkward/doctype_entity_attack.xml")],
  ["a document type without entities", '<!DOCTYPE response SYSTEM "x.dtd"><response/>'],
  ["a declaration inside", "<a><!ENTITY x 'y'></a>"],
  ["one after a comment", "<!-- <b> --><!doctype a><a/>"],
])("%s is refused", (_name, xml) => {
  expect(readXml(xml).kind).toBe("refused");
});

test("a guest may write about document types", () => {
  expect(rootOf("<a><![CDATA[<!DOCTYPE x>]]><!-- <!ENTITY> --></a>").text).toBe("<!DOCTYPE x>");
});

test.each(["<a>", "</a>", "<a/>", "<!", "<!--", "<![CDATA[", "&amp;", "<?", "<a b='"])(
  "a megabyte of %s does not hold up the next booking",
  (part) => {
    const xml = `<r>${part.repeat(Math.ceil(1_000_000 / part.length))}</r>`;
    const startedMs = performance.now();

    readXml(xml);

    expect(performance.now() - startedMs).toBeLessThan(8000);
  },
);
