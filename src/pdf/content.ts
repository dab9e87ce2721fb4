import { ConfigurationError } from "../sdk/errors.ts";
import type { Description } from "./document-description.ts";
import { MAIN_FAMILY } from "./fonts.ts";
import type { Images } from "./images.ts";
import { splitRuns, type Coverage, type TextPiece } from "./text-runs.ts";

/** What nodes of a description need to become nodes of pdfmake. */
export interface ContentTools {
  fonts: Coverage;
  images: Images;
}

type Node = Readonly<Record<string, Description>>;

/** Lists of nodes inside a node. */
const LISTS = ["stack", "columns", "ul", "ol"] as const;

/** Would read files, or draw what was not checked. */
const REFUSED = ["svg", "attachment", "toc", "section"] as const;

/** More does not fit into a code that a telephone can read from paper. */
const MAX_QR_BYTES = 500;

/** Noto Sans JP has lines as high as its letters; next to Noto Sans they look crammed. */
const LINE_HEIGHTS: Readonly<Record<string, number>> = { NotoSansJP: 1.35 };

/** Nothing, in the main font: puts a line of another script on the base line of its neighbours. */
const STRUT = { text: "\u2060", font: MAIN_FAMILY };

/**
 * Turns a filled description into content of pdfmake: texts are cut into runs of one font,
 * pictures come from allowed files, links are web, mail or telephone links.
 */
export function toContent(description: Description, tools: ContentTools): unknown {
  if (Array.isArray(description)) return description.map((node) => toContent(node, tools));
  if (description === null || typeof description !== "object") {
    return textNode({ text: description }, tools);
  }
  const refused = REFUSED.find((key) => key in description);
  if (refused !== undefined) throw new ConfigurationError(`documents cannot have "${refused}"`);
  return nodeContent(description, tools);
}

function nodeContent(node: Node, tools: ContentTools): unknown {
  const content: Record<string, unknown> = { ...node };
  if ("text" in node) Object.assign(content, textNode(node, tools));
  for (const key of LISTS) {
    if (node[key] !== undefined) content[key] = toContent(node[key], tools);
  }
  if (isNode(node["table"])) content["table"] = tableContent(node["table"], tools);
  if (isNode(node["layout"])) content["layout"] = layoutFunctions(node["layout"]);
  if ("image" in node && !imageInto(content, node["image"], tools)) return { text: "" };
  if ("qr" in node && !isScannable(node["qr"])) return { text: "" };
  if ("link" in node && !isSafeLink(node["link"])) delete content["link"];
  return content;
}

function textNode(node: Node, { fonts }: ContentTools): Record<string, unknown> {
  const runs = splitRuns(piecesOf(node["text"], {}), fonts);
  const text = runs.map(({ text, style, family, level, base }) => ({
    lineHeight: LINE_HEIGHTS[family],
    ...style,
    text,
    font: family,
    bidiLevel: level,
    bidiBase: base,
  }));
  const isNatural = node["alignment"] === "natural"; // as the text reads
  return {
    ...node,
    text: text[0]?.font === MAIN_FAMILY ? text : [STRUT, ...text],
    ...(isNatural ? { alignment: runs[0]?.base === 1 ? "right" : "left" } : {}),
  };
}

/** Texts in texts inherit the style around them, which pdfmake itself does not do. */
function piecesOf(text: Description | undefined, style: Node): TextPiece[] {
  if (Array.isArray(text)) return text.flatMap((part) => piecesOf(part, style));
  if (isNode(text)) {
    const { text: inner, ...own } = text;
    if ("link" in own && !isSafeLink(own["link"])) delete own["link"];
    return piecesOf(inner, { ...style, ...own });
  }
  return [{ text: String(text ?? ""), style }];
}

function tableContent(table: Node, tools: ContentTools): unknown {
  const { body } = table;
  if (!Array.isArray(body)) throw new ConfigurationError("a table without a body of rows");
  return { ...table, body: body.map((row) => toContent(row, tools)) };
}

/** pdfmake asks functions for the lines of a table; as data they are the same for all of it. */
function layoutFunctions(layout: Node): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(layout).map(([key, value]) => [
      key,
      typeof value === "object" ? value : () => value,
    ]),
  );
}

function imageInto(
  content: Record<string, unknown>,
  path: Description | undefined,
  { images }: ContentTools,
) {
  if (typeof path !== "string" || path === "") return false;
  content["image"] = images.read(path);
  return true;
}

function isScannable(qr: Description | undefined): boolean {
  const bytes = typeof qr === "string" ? Buffer.byteLength(qr) : 0;
  return bytes > 0 && bytes <= MAX_QR_BYTES;
}

/** What is linked may come from a booking: no `javascript:`, no `file:`. */
function isSafeLink(link: Description | undefined): boolean {
  return typeof link === "string" && /^(https?:\/\/|mailto:|tel:)[^\s\p{Cc}]+$/iu.test(link);
}

function isNode(node: Description | undefined): node is Record<string, Description> {
  return typeof node === "object" && node !== null && !Array.isArray(node);
}
