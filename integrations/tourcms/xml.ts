import { XMLParser } from "fast-xml-parser";

export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. Nothing is trimmed. */
  readonly text: string;
}

export type XmlReading =
  | { kind: "read"; root: XmlElement }
  /** Not XML, or not whole: the next answer may be better. */
  | { kind: "broken"; why: string }
  /** XML that is not read on principle. */
  | { kind: "refused"; why: string };

const TEXT = "#text";
const CDATA = "#cdata";

// Entities are resolved here and not by the parser: only the five of XML itself and character
// references, once, and never inside CDATA. `&amp;#8364;` is the text `&#8364;`, not `€`.
const parser = new XMLParser({
  preserveOrder: true,
  processEntities: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  trimValues: false,
  parseTagValue: false,
  textNodeName: TEXT,
  cdataPropName: CDATA,
  captureMetaData: true,
});
const SPAN = XMLParser.getMetaDataSymbol().valueOf();

/** Reads a document into plain elements and text. Never throws. */
export function readXml(xml: string): XmlReading {
  const text = xml.startsWith("\uFEFF") ? xml.slice(1) : xml;
  if (/^\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)\b/i.test(text.slice(0, 1000))) {
    return { kind: "broken", why: "HTML instead of XML" };
  }
  if (hasDeclaration(text)) {
    return { kind: "refused", why: "the XML has a document type or entity declaration" };
  }
  try {
    const roots = elementsOf(parser.parse(text), text);
    const [root] = roots;
    if (root === undefined || roots.length > 1) {
      return { kind: "broken", why: "no XML document with one root" };
    }
    return { kind: "read", root };
  } catch {
    // Also thrown for more than 100 levels and for names such as __proto__.
    return { kind: "broken", why: "no well-formed XML" };
  }
}

/** True for any `<!…` that is neither a comment nor CDATA. */
function hasDeclaration(xml: string): boolean {
  let at = xml.indexOf("<!");
  while (at !== -1) {
    const end = closingOf(xml, at);
    if (end === undefined) return true;
    const close = xml.indexOf(end, at + 4);
    if (close === -1) return false;
    at = xml.indexOf("<!", close);
  }
  return false;
}

function closingOf(xml: string, at: number): string | undefined {
  if (xml.startsWith("<![CDATA[", at)) return "]]>";
  return xml.startsWith("<!--", at) ? "-->" : undefined;
}

/** The parser's ordered form: `[{ name: [ … ] }, { "#text": "…" }, { "#cdata": [ … ] }]`. */
function elementsOf(nodes: unknown, source: string): XmlElement[] {
  return entriesOf(nodes)
    .filter(([name]) => name !== TEXT && name !== CDATA)
    .map(([name, content, node]) => {
      if (!isClosed(name, Reflect.get(node, SPAN), source)) throw new Error(`<${name}> is open`);
      return { name, children: elementsOf(content, source), text: textIn(content) };
    });
}

/**
 * Whether an element ends with its own closing tag. The parser does not say: it takes half a
 * document for a whole one and any closing tag for the right one.
 */
function isClosed(name: string, span: unknown, source: string): boolean {
  if (typeof span !== "object" || span === null || !("endIndex" in span)) return false;
  const end = Number(span.endIndex);
  if (source.endsWith("/>", end)) return true;
  const tag = source.slice(source.lastIndexOf("</", end - 1) + 2, end - 1);
  return tag.trim() === name;
}

function textIn(nodes: unknown): string {
  return entriesOf(nodes)
    .map(([name, content]) => {
      if (name === TEXT) return typeof content === "string" ? resolve(content) : "";
      return name === CDATA ? rawText(content) : "";
    })
    .join("");
}

function rawText(nodes: unknown): string {
  return entriesOf(nodes)
    .map(([, content]) => (typeof content === "string" ? content : ""))
    .join("");
}

function entriesOf(nodes: unknown): [string, unknown, object][] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown): [string, unknown, object][] => {
    if (typeof node !== "object" || node === null) return [];
    return Object.entries(node).map(([name, content]) => [name, content, node]);
  });
}

const NAMED: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
};

function resolve(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});/g, (reference) => {
    if (!reference.startsWith("&#")) return NAMED[reference] ?? reference;
    const isHex = reference[2] === "x";
    const code = parseInt(reference.slice(isHex ? 3 : 2, -1), isHex ? 16 : 10);
    return isCharacter(code) ? String.fromCodePoint(code) : reference;
  });
}

/** Characters that XML 1.0 allows. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return (
    code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code > 0xffff && code <= 0x10ffff)
  );
}
