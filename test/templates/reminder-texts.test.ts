import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = fileURLToPath(new URL("../../templates/reminders/", import.meta.url));
const FOLDERS = ["default", "before", "after", "balance", "expiring"];
const LANGUAGES = ["de", "en", "es", "fr", "it", "ja", "nb", "nl"];

/** Words that operators may add in one language; the product has none. */
const OPERATORS_OWN = ["meetingPoint", "whatToBring", "note", "reviewLink"];

async function textsOf(folder: string, language: string): Promise<Record<string, string>> {
  const text = await readFile(`${root}${folder}/texts.${language}.yaml`, "utf8");
  return parse(text) as Record<string, string>;
}

const placeholders = (text = "") => (text.match(/\{\w+\}/g) ?? []).toSorted().join();

test("the folders are those that the plug-in speaks of", async () => {
  const folders = await readdir(root);

  expect(folders.toSorted()).toEqual(FOLDERS.toSorted());
});

describe.each(FOLDERS)("the words of %s", (folder) => {
  test("come in the languages of most guests", async () => {
    const names = await readdir(root + folder);

    const languages = names.flatMap((name) => /^texts\.(\w+)\.yaml$/.exec(name)?.[1] ?? []);
    expect(languages.toSorted()).toEqual(LANGUAGES);
  });

  test.each(LANGUAGES)(
    "say in %s what the English ones say, with the same values",
    async (language) => {
      const [english, texts] = [await textsOf(folder, "en"), await textsOf(folder, language)];

      expect(Object.keys(texts).toSorted()).toEqual(Object.keys(english).toSorted());
      for (const [key, text] of Object.entries(texts)) {
        expect([key, placeholders(text)]).toEqual([key, placeholders(english[key])]);
      }
    },
  );
});

test("templates use only words that there are, and all of them", async () => {
  const english = await textsOf("default", "en");
  const files = (await readdir(`${root}default`)).filter((name) => name.endsWith(".liquid"));
  const sources = await Promise.all(
    files.map((name) => readFile(`${root}default/${name}`, "utf8")),
  );

  const used = new Set(Array.from(sources.join("\n").matchAll(/\bt\.(\w+)/g), ([, key]) => key));

  const known = [...Object.keys(english).filter((key) => key !== "passOn"), ...OPERATORS_OWN];
  expect(Array.from(used).toSorted()).toEqual(known.toSorted());
});
