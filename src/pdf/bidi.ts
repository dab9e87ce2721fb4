/**
 * The order in which text that mixes directions is written: the Unicode Bidirectional Algorithm
 * (UAX #9) for plain text. Explicit embeddings and isolates are not needed for names and notes and
 * are removed before, since a guest could use them to make a line read differently.
 */

type Direction = "L" | "R";
type Class = Direction | "AL" | "EN" | "AN" | "ES" | "ET" | "CS" | "NSM" | "WS" | "ON";

// The ranges of right-to-left scripts are fixed by the standard, assigned or not.
const HEBREW = /[\u0590-\u05ff\u07c0-\u085f\ufb1d-\ufb4f\u200f]/u;
const ARABIC = /[\u0600-\u07bf\u0860-\u08ff\ufb50-\ufdff\ufe70-\ufefc]/u;

/** In the order in which they are tried. */
const CLASSES: readonly (readonly [Class, RegExp])[] = [
  ["NSM", /[\p{Mn}\p{Me}\u200b-\u200d\ufeff\u00ad]/u],
  ["EN", /[0-9\u06f0-\u06f9\u00b2\u00b3\u00b9]/u],
  ["AN", /[\u0660-\u0669\u066b\u066c]/u],
  ["ES", /[+\-\u2212]/u],
  ["ET", /[#%°\u2030\u066a\p{Sc}]/u],
  ["CS", /[,./:\u00a0\u060c\u202f]/u],
  ["WS", /\s/u],
  ["R", HEBREW],
  ["AL", ARABIC],
  ["L", /[\p{L}\p{N}\p{Mc}\u200e]/u],
];

const OPENING = "([{";
const CLOSING = ")]}";

export interface Levels {
  /** 0: the paragraph reads from left to right, 1: from right to left. */
  base: 0 | 1;
  /** One for each character (code point); odd ones read from right to left. */
  levels: number[];
}

/** Whether text needs any of this. */
export function hasRightToLeft(text: string): boolean {
  return HEBREW.test(text) || ARABIC.test(text);
}

/** Levels of one paragraph, given as its characters. */
export function levelsOf(characters: readonly string[]): Levels {
  const classes = characters.map(classOf);
  const strong = classes.find((each) => each === "L" || each === "R" || each === "AL");
  const base = strong === "R" || strong === "AL" ? 1 : 0;
  const around: Direction = base === 1 ? "R" : "L";
  resolveMarks(classes, around);
  resolveNumbers(classes, around);
  resolveBrackets(classes, characters, around);
  resolveNeutrals(classes, around);
  return { base, levels: classes.map((each) => levelOf(each, base)) };
}

/** Rule L2: positions in the order in which they are written from left to right. */
export function visualOrder(levels: readonly number[]): number[] {
  const order = levels.map((_, index) => index);
  for (let level = Math.max(0, ...levels); level > 0; level--) {
    for (let from = 0; from < order.length; from++) {
      let to = from;
      while (to < order.length && (levels[to] ?? 0) >= level) to++;
      if (to - from > 1) order.splice(from, to - from, ...order.slice(from, to).reverse());
      from = Math.max(from, to - 1);
    }
  }
  return order;
}

function classOf(character: string): Class {
  return CLASSES.find(([, pattern]) => pattern.test(character))?.[0] ?? "ON";
}

/** W1: what has no width of its own belongs to the character before. */
function resolveMarks(classes: Class[], around: Direction): void {
  classes.forEach((each, index) => {
    if (each === "NSM") classes[index] = classes[index - 1] ?? around;
  });
}

/** W2 to W7: numbers, and the signs that belong to them. */
function resolveNumbers(classes: Class[], around: Direction): void {
  let strong: Class = around;
  classes.forEach((each, index) => {
    if (each === "L" || each === "R" || each === "AL") strong = each;
    if (each === "EN" && strong === "AL") classes[index] = "AN";
  });
  classes.forEach((each, index) => {
    const [before, after] = [classes[index - 1], classes[index + 1]];
    if (each === "AL") classes[index] = "R";
    if (before !== after) return;
    if (before === "EN" && (each === "ES" || each === "CS")) classes[index] = "EN";
    if (before === "AN" && each === "CS") classes[index] = "AN";
  });
  joinTerminators(classes);
  strong = around;
  classes.forEach((each, index) => {
    if (each === "L" || each === "R") strong = each;
    if (each === "EN" && strong === "L") classes[index] = "L";
    if (each === "ES" || each === "ET" || each === "CS") classes[index] = "ON";
  });
}

/** W5: `€ 20 %` is one number. */
function joinTerminators(classes: Class[]): void {
  for (let from = 0; from < classes.length; from++) {
    if (classes[from] !== "ET") continue;
    let to = from;
    while (classes[to] === "ET") to++;
    if (classes[from - 1] === "EN" || classes[to] === "EN") classes.fill("EN", from, to);
    from = to;
  }
}

/** N0: both brackets of a pair get the direction of what is between them. */
function resolveBrackets(classes: Class[], characters: readonly string[], around: Direction): void {
  for (const [open, close] of bracketPairs(classes, characters)) {
    const inside = classes.slice(open + 1, close).map(directionOf);
    const before = classes
      .slice(0, open)
      .map(directionOf)
      .findLast((each) => each !== undefined);
    const other = around === "R" ? "L" : "R";
    if (inside.includes(around)) {
      classes[open] = classes[close] = around;
    } else if (inside.includes(other)) {
      classes[open] = classes[close] = before === other ? other : around;
    }
  }
}

function bracketPairs(classes: readonly Class[], characters: readonly string[]) {
  const waiting: { kind: number; at: number }[] = [];
  const pairs: [open: number, close: number][] = [];
  characters.forEach((character, at) => {
    if (classes[at] !== "ON") return;
    if (OPENING.includes(character)) waiting.push({ kind: OPENING.indexOf(character), at });
    const kind = CLOSING.indexOf(character);
    const opened = kind < 0 ? -1 : waiting.findLastIndex((each) => each.kind === kind);
    const open = waiting[opened];
    if (open === undefined) return;
    pairs.push([open.at, at]);
    waiting.length = opened;
  });
  return pairs.sort(([a], [b]) => a - b);
}

/** N1, N2: what has no direction takes that of both its neighbours, else the paragraph's. */
function resolveNeutrals(classes: Class[], around: Direction): void {
  for (let from = 0; from < classes.length; from++) {
    if (directionOf(classes[from]) !== undefined) continue;
    let to = from;
    while (to < classes.length && directionOf(classes[to]) === undefined) to++;
    const [before, after] = [classes[from - 1], classes[to]].map(
      (each) => directionOf(each) ?? around,
    );
    classes.fill(before === after && before !== undefined ? before : around, from, to);
    from = to - 1;
  }
}

/** Numbers count as right-to-left here. */
function directionOf(each: Class | undefined): Direction | undefined {
  if (each === "L") return "L";
  return each === "R" || each === "EN" || each === "AN" ? "R" : undefined;
}

/** I1, I2. */
function levelOf(each: Class, base: 0 | 1): number {
  if (each === "L") return base === 0 ? 0 : 2;
  if (each === "R") return 1;
  return 2;
}
