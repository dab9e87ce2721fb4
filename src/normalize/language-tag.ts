/** Languages that guests may call by name: by its own, or by the English one. */
const NAMED = ["ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "gl", "hr", "hu"]
  .concat(["is", "it", "ja", "ko", "lt", "lv", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru"])
  .concat(["sk", "sl", "sv", "tr", "uk", "zh"]);

let tagsByName: ReadonlyMap<string, string> | undefined;

/**
 * The language that a form item means, whether it says `nb-NO`, `Norsk` or `Norwegian`.
 *
 * @returns lower-case BCP 47; undefined when it is the name of no language we know.
 */
export function languageTag(text: string): string | undefined {
  const wanted = text.normalize("NFC").trim().toLowerCase();
  const tag = wanted.replaceAll("_", "-");
  if (isTag(tag)) return tag;
  tagsByName ??= new Map(NAMED.flatMap((code) => namesOf(code).map((name) => [name, code])));
  return tagsByName.get(wanted);
}

/** `deutsch` has the form of a tag too: only a language that has a name is one. */
function isTag(text: string): boolean {
  return (
    /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/.test(text) &&
    nameOf(text.split("-")[0] ?? "", "en") !== undefined
  );
}

function namesOf(code: string): string[] {
  const names = ["en", code].map((inLanguage) => nameOf(code, inLanguage)?.toLowerCase());
  return names.filter((name) => name !== undefined);
}

function nameOf(code: string, inLanguage: string): string | undefined {
  return new Intl.DisplayNames([inLanguage], { type: "language", fallback: "none" }).of(code);
}
