import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** One open font file of fontkit, as far as it is used here. */
interface OpenFont {
  hasGlyphForCodePoint(codePoint: number): boolean;
  /** Glyphs handed out so far; each remembers the text it was first used for. */
  _glyphs: object;
}

interface Fontkit {
  create(bytes: Buffer): OpenFont;
  registerFormat(format: { probe(bytes: Buffer): boolean }): void;
}

interface Family {
  name: string;
  module: string;
  regular: string;
  bold: string;
  italics?: string;
  boldItalics?: string;
}

/** Tried in this order for every character; the first also takes what no font has. */
const FAMILIES: readonly Family[] = [
  {
    name: "NotoSans",
    module: "@embedpdf/fonts-latin",
    regular: "NotoSans-Regular.ttf",
    bold: "NotoSans-Bold.ttf",
    italics: "NotoSans-Italic.ttf",
    boldItalics: "NotoSans-BoldItalic.ttf",
  },
  family("NotoNaskhArabic", "@embedpdf/fonts-arabic", "ttf"),
  family("NotoSansHebrew", "@embedpdf/fonts-hebrew", "ttf"),
  family("NotoSansJP", "@embedpdf/fonts-jp", "otf"),
];

/** The family of everything that says nothing else. */
export const MAIN_FAMILY = "NotoSans";

const MARK = "bellhop-font:";

const require = createRequire(import.meta.url);

/** Bytes that stand for a font file: pdfkit hands them to fontkit, which finds the open font. */
export interface FamilyFiles {
  normal: Buffer;
  bold: Buffer;
  italics: Buffer;
  bolditalics: Buffer;
}

export interface Fonts {
  /** Has to be called before each document. */
  reset(): void;
  readonly files: Readonly<Record<string, FamilyFiles>>;
  /** Name of the first family that has the character. */
  familyOf(character: string): string;
  has(family: string, character: string): boolean;
}

/**
 * Opening Noto Sans and reading its shaping tables takes 100 ms, far more than a voucher, so font
 * files are opened once and shared by all documents. pdfkit takes only bytes; the way through is
 * fontkit's `registerFormat`: the bytes say which font is meant, the format gives the open one.
 */
export function openFonts(): Fonts {
  return (opened ??= open()); // fontkit keeps formats for the whole process, so there is one of these
}

let opened: Fonts | undefined;

function open(): Fonts {
  const fontkit = fontkitOfPdfkit();
  const files = new Map<string, OpenFont>();
  const openFont = (path: string): OpenFont => {
    const font = files.get(path) ?? fontkit.create(readFileSync(path));
    files.set(path, font);
    return font;
  };
  registerShared(fontkit, openFont);

  const families = FAMILIES.map((each) => ({ name: each.name, paths: pathsOf(each) }));
  const known = new Map<string, string>();
  const has = (name: string, character: string): boolean => {
    const path = families.find((each) => each.name === name)?.paths.regular;
    const codePoint = character.codePointAt(0);
    return path !== undefined && codePoint !== undefined
      ? openFont(path).hasGlyphForCodePoint(codePoint)
      : false;
  };
  return {
    // Fonts keep glyphs together with the text they were first used for, which ends up in the
    // document: without this the same booking would give other bytes after other bookings.
    reset: () => {
      for (const font of files.values()) font._glyphs = {};
    },
    files: Object.fromEntries(families.map(({ name, paths }) => [name, filesOf(paths)])),
    familyOf(character) {
      const name =
        known.get(character) ??
        families.find((each) => has(each.name, character))?.name ??
        MAIN_FAMILY;
      known.set(character, name);
      return name;
    },
    has,
  };
}

/** The copy that pdfkit itself uses; another one would not know the format registered here. */
function fontkitOfPdfkit(): Fontkit {
  const fromPdfmake = createRequire(require.resolve("pdfmake"));
  const fromPdfkit = createRequire(fromPdfmake.resolve("pdfkit"));
  return fromPdfkit("fontkit") as Fontkit;
}

function registerShared(fontkit: Fontkit, openFont: (path: string) => OpenFont): void {
  // fontkit calls `new format(stream)`; a constructor that returns an object gives that object.
  function SharedFont(stream: { buffer: Uint8Array }): OpenFont {
    return openFont(Buffer.from(stream.buffer).toString("utf8").slice(MARK.length));
  }
  SharedFont.probe = (bytes: Buffer) => bytes.toString("latin1", 0, MARK.length) === MARK;
  fontkit.registerFormat(SharedFont);
}

function filesOf(paths: Required<Omit<Family, "name" | "module">>): FamilyFiles {
  const standIn = (path: string) => Buffer.from(MARK + path);
  return {
    normal: standIn(paths.regular),
    bold: standIn(paths.bold),
    italics: standIn(paths.italics),
    bolditalics: standIn(paths.boldItalics),
  };
}

/** Families without italics use their upright letters, as those scripts do. */
function pathsOf({ module, regular, bold, italics, boldItalics }: Family) {
  const folder = join(dirname(require.resolve(module)), "..", "fonts");
  return {
    regular: join(folder, regular),
    bold: join(folder, bold),
    italics: join(folder, italics ?? regular),
    boldItalics: join(folder, boldItalics ?? bold),
  };
}

function family(name: string, module: string, ending: string): Family {
  return {
    name,
    module,
    regular: `${name}-Regular.${ending}`,
    bold: `${name}-Bold.${ending}`,
  };
}
