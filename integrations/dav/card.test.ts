import { describe, expect, it } from "vitest";

import { Card } from "./card.ts";

/** What is left of a line of the office when something else in its card is changed. */
function kept(line: string, version = "3.0"): string[] {
  const head = ["BEGIN:VCARD", `VERSION:${version}`, "UID:u", "FN:Anna"];
  const card = Card.parse([...head, line, "END:VCARD", ""].join("\r\n"));
  card?.set("EMAIL", "anna@example.com");
  const lines = card?.toText(0).replaceAll("\r\n ", "").split("\r\n") ?? [];
  return lines.filter((one) => one.startsWith(line.split(/[:;]/)[0] ?? ""));
}

describe("what is not ours in a card", () => {
  it.each([
    "PHOTO:data:image/jpeg;base64,AAAABBBBCCCC",
    `PHOTO:data:image/png;base64,${"ABCD".repeat(60)}`,
    "GEO:geo:37.3,-122.0",
    "URL;TYPE=work:https://example.com/a;b,c",
    "RELATED;VALUE=TEXT:Ola\\, his son",
  ])("in version 4.0 %s stays", (line) => {
    expect(kept(line, "4.0")).toEqual([line]);
  });

  it("a long address is folded", () => {
    const line = `PHOTO:data:image/png;base64,${"ABCD".repeat(60)}`;
    const text = `BEGIN:VCARD\r\nVERSION:4.0\r\nUID:u\r\nFN:Anna\r\n${line}\r\nEND:VCARD\r\n`;

    const lines = Card.parse(text)?.toText(0).split("\r\n") ?? [];

    expect(Math.max(...lines.map((one) => one.length))).toBeLessThan(80);
  });

  it.each([["LABEL;TYPE=HOME:Storgata 1; B\\, C"], ["SORT-STRING:Berg; Anna"]])(
    "%s gets no backslash, whether or not its semicolon had one",
    (line) => {
      expect(kept(line)).toEqual([line]);
      expect(kept(line.replace("; ", "\\; "))).toEqual([line]);
    },
  );
});

describe("a company", () => {
  const card = (org: string) =>
    Card.parse(`BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u\r\nFN:Anna\r\n${org}\r\nEND:VCARD\r\n`);

  it.each(["Berg; Sons", "Berg, Sons", "Berg"])("%s is read as it was written", (company) => {
    const one = Card.make("u");
    one.set("ORG", company);

    expect(Card.parse(one.toText(0))?.get("ORG")).toBe(company);
  });

  it("changes its name, and the department that the office has added stays", () => {
    const one = card("ORG:Berg;Sales");

    one?.set("ORG", "Vik");

    expect(one?.toText(0)).toContain("ORG:Vik;Sales\r\n");
  });
});
