import { describe, expect, test } from "vitest";

import { openFonts } from "../../src/pdf/fonts.ts";
import { orderLine } from "../../src/pdf/line-order.ts";
import { cleanText, splitRuns } from "../../src/pdf/text-runs.ts";

const fonts = openFonts();
const runsOf = (text: string) => splitRuns([{ text, style: {} }], fonts);
const families = (text: string) => runsOf(text).map(({ text, family }) => [text, family]);

describe("which font writes what", () => {
  test.each([
    ["Anna Žižek", [["Anna Žižek", "NotoSans"]]],
    ["Αθηνά Παπαδοπούλου", [["Αθηνά Παπαδοπούλου", "NotoSans"]]],
    ["Фёдор", [["Фёдор", "NotoSans"]]],
    [
      "山田 太郎 (Taro)",
      [
        ["山田 太郎 ", "NotoSansJP"],
        ["(Taro)", "NotoSans"],
      ],
    ],
    [
      "Anna 山田",
      [
        ["Anna ", "NotoSans"],
        ["山田", "NotoSansJP"],
      ],
    ],
    ["e\u0301\u0323", [["e\u0301\u0323", "NotoSans"]]],
    ["한국", [["한국", "NotoSans"]]],
  ])("%j", (text, expected) => {
    const found = families(text);

    expect(found).toEqual(expected);
  });

  test("right-to-left names come word by word, with their direction", () => {
    const runs = runsOf("Guest: שלום כהן 12");

    expect(runs.map(({ text, family, level }) => [text, family, level])).toEqual([
      ["Guest: ", "NotoSans", 0],
      ["שלום ", "NotoSansHebrew", 1],
      ["כהן ", "NotoSansHebrew", 1],
      ["12", "NotoSans", 2],
    ]);
  });

  test("each line of a note has its own direction", () => {
    const runs = runsOf("Hello\nשלום");

    expect(runs.map(({ base }) => base)).toEqual([0, 1]);
  });

  test("an emoji that no font has is left out", () => {
    const found = families("Anna 😀🇳🇴👍🏽 Berg ✓");

    expect(found.map(([text]) => text).join("")).toBe("Anna  Berg ✓");
  });
});

describe("what a guest may have typed", () => {
  test.each([
    ["a\r\nb\rc\u2028d", "a\nb\nc\nd"],
    ["a\tb\u0000\u0007c", "a bc"],
    ["a\u202eb\u2066c", "abc"],
    ["a\ud800b", "ab"],
  ])("%j becomes %j", (text, expected) => {
    const clean = cleanText(text);

    expect(clean).toBe(expected);
  });

  test("an endless word gets places to break, a long compound does not", () => {
    const endless = cleanText("x".repeat(40));
    const compound = cleanText("Hohenstein-Donaueschingen-Fürstenberg");

    expect(endless).toBe(`${"x".repeat(16)}\u200b${"x".repeat(16)}\u200b${"x".repeat(8)}`);
    expect(compound).toBe("Hohenstein-Donaueschingen-Fürstenberg");
  });
});

describe("the order of a finished line", () => {
  /** Words of one point for each letter, as pdfmake would place them. */
  const lineOf = (text: string) => {
    let x = 0;
    const inlines = runsOf(text).map(({ text, level, base }) => {
      const width = text.length;
      const trailingCut = text.length - text.trimEnd().length;
      const inline = { text, x, width, trailingCut, bidiLevel: level, bidiBase: base };
      x += width;
      return inline;
    });
    return { inlines };
  };
  const placed = (text: string) => {
    const line = lineOf(text);
    orderLine(line);
    return line.inlines.map(({ text, x }) => [x, text]);
  };

  test("turns the words of a Hebrew name round and keeps the label before it", () => {
    const words = placed("Name: שלום כהן");

    expect(words).toEqual([
      [0, "Name: "],
      [6, "כהן"],
      [9, "שלום "],
    ]);
  });

  test("mirrors brackets and leaves digits as they are", () => {
    const words = placed("בן (3) אב");

    expect(words.map(([, text]) => text)).toEqual(["אב", " (", "3", ")", "בן "]);
  });

  test("leaves text from left to right where it is", () => {
    const line = lineOf("Anna Berg");
    const before = structuredClone(line);

    orderLine(line);

    expect(line).toEqual(before);
  });
});
