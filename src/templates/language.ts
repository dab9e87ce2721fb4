/** Languages that are written under more than one tag, and who can read what. */
const ALSO_READS: Readonly<Record<string, string>> = { no: "nb", nn: "nb" };

const FALLBACK = "en";

/**
 * Where texts for a guest are looked for, best first: `nb-no` gives `nb-no`, `nb`, `en`. What a
 * booking form sends as a language is hostile text, so anything but a language tag counts as none.
 */
export function languageChain(language: string): string[] {
  const tag = language.trim().toLowerCase().replaceAll("_", "-");
  if (!/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/.test(tag)) return [FALLBACK];
  const parts = tag.split("-");
  const chain = parts.map((_, index) => parts.slice(0, parts.length - index).join("-"));
  const [base = FALLBACK] = parts;
  const other = ALSO_READS[base];
  return [...new Set([...chain, ...(other ? [other] : []), FALLBACK])];
}

/**
 * The language in which dates and amounts go with texts of the language `texts`: a Polish guest
 * whose voucher is in English gets English dates, a guest from Austria Austrian ones. Plain
 * English is written the British way (`14 March 2026`), which nobody can misread.
 */
export function formatLanguage(wanted: string, texts: string): string {
  const [first = texts] = languageChain(wanted);
  const isSame = first.split("-")[0] === texts.split("-")[0] && isKnown(first);
  const language = isSame ? first : texts;
  return language === FALLBACK || !isKnown(language) ? "en-GB" : language;
}

/** False also for what only looks like a tag, such as `de-12`. */
function isKnown(language: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language).length > 0;
  } catch {
    return false;
  }
}
