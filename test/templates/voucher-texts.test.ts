import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const folder = fileURLToPath(new URL("../../templates/voucher-mail/default/", import.meta.url));
const names = await readdir(folder);
const languages = names.flatMap((name) => /^texts\.(\w+)\.yaml$/.exec(name)?.[1] ?? []);

/** Only an arrangement of numbers. */
const LANGUAGE_NEUTRAL = ["page"];

async function textsOf(language: string): Promise<Record<string, string>> {
  const text = await readFile(`${folder}texts.${language}.yaml`, "utf8");
  return parse(text) as Record<string, string>;
}

const placeholders = (text = "") => (text.match(/\{\w+\}/g) ?? []).toSorted().join();

const english = await textsOf("en");

describe.each(languages)("voucher texts in %s", (language) => {
  test("say everything that the English ones say", async () => {
    const texts = await textsOf(language);

    const missing = Object.keys(english).filter(
      (key) => !(key in texts) && !LANGUAGE_NEUTRAL.includes(key),
    );
    const unknown = Object.keys(texts).filter((key) => !(key in english));
    expect({ missing, unknown }).toEqual({ missing: [], unknown: [] });
  });

  test("are filled in with the same values", async () => {
    const texts = await textsOf(language);

    for (const [key, text] of Object.entries(texts)) {
      expect([key, placeholders(text)]).toEqual([key, placeholders(english[key])]);
    }
  });
});

test("templates use only words that there are", async () => {
  const files = names.filter((name) => name.endsWith(".liquid") || name === "document.yaml");
  const sources = await Promise.all(files.map((name) => readFile(folder + name, "utf8")));

  const used = new Set(Array.from(sources.join("\n").matchAll(/\bt\.(\w+)/g), ([, key]) => key));

  const missing = Array.from(used).filter((key) => key === undefined || !(key in english));
  expect(missing).toEqual([]);
});

test("vouchers come in the languages of most guests", () => {
  expect(languages.toSorted()).toEqual(["de", "en", "es", "fr", "it", "ja", "nb", "nl"]);
});
