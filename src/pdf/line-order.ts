import { visualOrder } from "./bidi.ts";

/** A word of a laid-out line, as pdfmake places it. */
export interface Inline {
  text: string;
  /** From the left edge of the line. */
  x: number;
  width: number;
  trailingCut?: number;
  bidiLevel?: number;
  bidiBase?: 0 | 1;
}

/** A laid-out line of pdfmake. */
export interface Line {
  inlines: Inline[];
}

const MIRRORED: Readonly<Record<string, string>> = pairs("()[]{}<>«»‹›≤≥");

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;

/**
 * pdfmake breaks lines but places words in the order of reading. This puts the words of a finished
 * line in the order of writing, and removes what was only there to break lines.
 */
export function orderLine(line: Line): void {
  line.inlines = isMixed(line) ? reordered(line.inlines) : line.inlines;
  for (const inline of line.inlines) {
    inline.text = inline.text.replaceAll(/[\u200b\u200e\u200f\u2060]/g, "");
  }
}

function isMixed({ inlines }: Line): boolean {
  return inlines.some(({ bidiLevel }) => (bidiLevel ?? 0) > 0);
}

function reordered(inlines: readonly Inline[]): Inline[] {
  const trimmed = inlines.map((inline, index) =>
    index === inlines.length - 1 ? withoutTrailingSpace(inline) : inline,
  );
  // Space at the end of a line belongs to the paragraph (rule L1).
  const levels = trimmed.map(({ text, bidiLevel, bidiBase }, index) =>
    index === trimmed.length - 1 && text === "" ? (bidiBase ?? 0) : (bidiLevel ?? 0),
  );
  let x = Math.min(...inlines.map((inline) => inline.x));
  return visualOrder(levels).flatMap((index) => {
    const inline = trimmed[index];
    if (!inline) return [];
    const placed = { ...inline, x, text: writable(inline.text, levels[index] ?? 0) };
    x += inline.width;
    return [placed];
  });
}

function withoutTrailingSpace(inline: Inline): Inline {
  return {
    ...inline,
    text: inline.text.trimEnd(),
    width: inline.width - (inline.trailingCut ?? 0),
    trailingCut: 0,
  };
}

/**
 * The font shaper takes the direction of the first letter that belongs to a script. Text of the
 * other direction (digits of Arabic, signs alone) is turned round for it.
 */
function writable(text: string, level: number): string {
  const isRightToLeft = level % 2 === 1;
  const mirrored = isRightToLeft
    ? text.replaceAll(/[()[\]{}<>«»‹›≤≥]/g, (found) => MIRRORED[found] ?? found)
    : text;
  const scripted = /[^\p{Script=Common}\p{Script=Inherited}\p{Script=Unknown}]/u.exec(text)?.[0];
  return RIGHT_TO_LEFT.test(scripted ?? "") === isRightToLeft ? mirrored : turned(mirrored);
}

function turned(text: string): string {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
    .reverse()
    .join("");
}

function pairs(signs: string): Record<string, string> {
  const list = Array.from(signs);
  return Object.fromEntries(
    list.map((sign, index) => [sign, list[index % 2 === 0 ? index + 1 : index - 1] ?? sign]),
  );
}
