import { describe, expect, it } from "vitest";

import { mapFields } from "../../src/normalize/map-fields.ts";

const languageOf = (Language: string) =>
  mapFields({ custom: { Language } }, { language: "custom.Language" }).language;

describe("the language of a guest, from a form item", () => {
  it.each([
    ["nb", "nb"],
    ["nb-NO", "nb-no"],
    ["de_AT", "de-at"],
    ["Norsk", "no"],
    ["Deutsch", "de"],
    ["German", "de"],
    [" español ", "es"],
    ["Français", "fr"],
    ["日本語", "ja"],
  ])("%s is %s", (text, tag) => {
    expect(languageOf(text)).toBe(tag);
  });

  it.each(["Klingon (fluent)", "yes", "xx", "12", "de-!"])(
    "%s is none, so that the connection's language counts",
    (text) => {
      expect(languageOf(text)).toBeUndefined();
    },
  );
});
