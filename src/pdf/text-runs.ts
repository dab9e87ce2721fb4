import { hasRightToLeft, levelsOf, type Levels } from "./bidi.ts";

/** A stretch of text in one style, as a template gives it. */
export interface TextPiece {
  text: string;
  style: Readonly<Record<string, unknown>>;
}

/** A stretch of text that one font can write in one direction. */
export interface TextRun extends TextPiece {
  family: string;
  /** Odd: reads from right to left. */
  level: number;
  /** Direction of its paragraph. */
  base: 0 | 1;
}

/** Which font has which character. */
export interface Coverage {
  familyOf(character: string): string;
  has(family: string, character: string): boolean;
}

interface Character {
  text: string;
  piece: TextPiece;
  family: string;
  level: number;
  base: 0 | 1;
}

/** Longer words get places where they may break, or a table would grow out of the page. */
const LONG_WORD =
  /[^\s/\-\p{Ideographic}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f]{31,}/gu;
const ZERO_WIDTH_SPACE = "\u200b";

/** Marks, spaces and invisible characters have no font of their own: they go with their neighbour. */
const FOLLOWS = /[\p{M}\p{Cf}\s]/u;

/** Cuts text where font or direction change; what is in one run is shaped together. */
export function splitRuns(pieces: readonly TextPiece[], fonts: Coverage): TextRun[] {
  const runs: TextRun[] = [];
  let last: Character | undefined;
  for (const character of charactersOf(pieces, fonts)) {
    const run = runs.at(-1);
    if (run && last && continues(last, character)) run.text += character.text;
    else runs.push(runOf(character));
    last = character;
  }
  return runs;
}

/** Text without what could hide or reorder parts of it, and with breaks in endless words. */
export function cleanText(text: string): string {
  return text
    .replaceAll(/\r\n?|[\u2028\u2029\u0085]/g, "\n")
    .replaceAll("\t", " ")
    .replaceAll(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu, (found) =>
      found === "\n" ? found : "",
    )
    .replaceAll(LONG_WORD, (word) => word.replaceAll(/(?:.\p{M}*){16}/gu, `$&${ZERO_WIDTH_SPACE}`));
}

function charactersOf(pieces: readonly TextPiece[], fonts: Coverage): Character[] {
  const all = pieces
    .flatMap((piece) => Array.from(cleanText(piece.text), (text) => ({ text, piece })))
    .filter(({ text }) => !isLostPicture(text, fonts));
  const levels = paragraphLevels(all.map(({ text }) => text));
  let family: string | undefined;
  return all.map(({ text, piece }, index) => {
    const isKept = family !== undefined && FOLLOWS.test(text) && fonts.has(family, text);
    if (!isKept && text !== "\n") family = fonts.familyOf(text);
    const { level, base } = levels[index] ?? { level: 0, base: 0 };
    return { text, piece, family: family ?? fonts.familyOf(" "), level, base };
  });
}

/** An emoji that no font has is left out; a letter that none has shows as an empty box. */
function isLostPicture(text: string, fonts: Coverage): boolean {
  if (!/[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]/u.test(text))
    return false;
  return !fonts.has(fonts.familyOf(text), text);
}

/** Lines of a text are paragraphs of their own: each has its direction. */
function paragraphLevels(characters: readonly string[]): { level: number; base: 0 | 1 }[] {
  if (!hasRightToLeft(characters.join(""))) return [];
  const result: { level: number; base: 0 | 1 }[] = [];
  let from = 0;
  while (from < characters.length) {
    const end = characters.indexOf("\n", from);
    const to = end < 0 ? characters.length : end + 1;
    const { levels, base }: Levels = levelsOf(characters.slice(from, to));
    result.push(...levels.map((level) => ({ level, base })));
    from = to;
  }
  return result;
}

function continues(last: Character, next: Character): boolean {
  const isSame =
    last.piece === next.piece &&
    last.family === next.family &&
    last.level === next.level &&
    last.base === next.base;
  // Words that read from right to left are placed one by one.
  return isSame && !(next.level % 2 === 1 && /\s/.test(last.text));
}

function runOf({ text, piece, family, level, base }: Character): TextRun {
  return { text, style: piece.style, family, level, base };
}
