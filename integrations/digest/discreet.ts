const MAX_LENGTH = 240;

/** Marks that turn the direction of the text around them; a name has no business with them. */
const TURNS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text of a booking as part of a line, whatever was typed into a form. */
export function lineOf(text: string | undefined, maxLength = 80): string | undefined {
  const line = text
    ?.replaceAll(TURNS, "")
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim();
  if (!line) return undefined;
  const letters = Array.from(line);
  return letters.length > maxLength ? `${letters.slice(0, maxLength).join("").trim()}…` : line;
}

/**
 * A sentence about changes without the ways to reach a guest: that the telephone number changed is
 * news, the number is for those who open the booking.
 */
export function discreet(summary: string): string | undefined {
  const parts = summary.split("; ").map((part) => {
    const [, what] = /^(.*?\b(?:e-?mail|phone|address)\S*)\s/is.exec(part) ?? [];
    return what === undefined ? part : `${what} changed`;
  });
  return lineOf(parts.join("; ").replaceAll(/[^\s;,<>"()]+@[^\s;,<>"()]+/g, "…"), MAX_LENGTH);
}
