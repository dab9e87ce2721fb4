/** A cell may be cut to this, never shorter. */
const NARROWEST = 6;
const GAP = "  ";

const LETTERS = new Intl.Segmenter();

const NOT_SHOWN = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

export type Cells = readonly string[];

/**
 * Rows under their headers, in so many columns. The widest cells are cut first.
 *
 * Text from outside is cleaned: a name must not move the cursor of the office's terminal.
 *
 * @param whole Headers of columns that are never cut, because people copy from them.
 * @param right Headers of columns that end at one line, such as amounts.
 */
export function table(
  headers: Cells,
  rows: readonly Cells[],
  columns: number,
  whole: readonly string[] = [],
  right: readonly string[] = [],
): string {
  const lines = [headers, ...rows].map((cells) => cells.map(plain));
  const widths = headers.map((_, index) =>
    Math.max(...lines.map((cells) => lettersOf(cells[index] ?? "").length)),
  );
  const over = sum(widths) + GAP.length * (headers.length - 1) - columns;
  const fixed = headers.map((header) => whole.includes(header));
  shrink(widths, fixed, over);
  const isRight = headers.map((header) => right.includes(header));
  return lines.map((cells) => `${lineOf(cells, widths, isRight)}\n`).join("");
}

/** Takes from the widest until all fit. */
function shrink(widths: number[], fixed: readonly boolean[], excess: number): void {
  for (let over = excess; over > 0; over -= 1) {
    const widest = Math.max(...widths.map((width, index) => (fixed[index] ? 0 : width)));
    if (widest <= NARROWEST) return;
    const index = widths.findIndex((width, at) => width === widest && !fixed[at]);
    widths[index] = widest - 1;
  }
}

function lineOf(cells: Cells, widths: readonly number[], isRight: readonly boolean[]): string {
  const padded = cells.map((cell, index) => pad(cell, widths[index] ?? 0, isRight[index]));
  return padded.join(GAP).trimEnd();
}

function pad(cell: string, width: number, isRight = false): string {
  const letters = lettersOf(cell);
  if (letters.length > width) return `${letters.slice(0, width - 1).join("")}…`;
  const space = " ".repeat(width - letters.length);
  return isRight ? space + cell : cell + space;
}

/** Without line ends, escape sequences and marks that turn the direction of writing. */
export function plain(text: string): string {
  return text.replaceAll(NOT_SHOWN, " ").trim();
}

function lettersOf(text: string): string[] {
  return Array.from(LETTERS.segment(text), ({ segment }) => segment);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
