import { z } from "zod";

import type { Pdf } from "../sdk/context.ts";
import { ConfigurationError, kindOf, messageOf } from "../sdk/errors.ts";
import type { Expressions } from "../templates/expressions.ts";
import type { TemplateStore } from "../templates/template-store.ts";
import { toContent, type ContentTools } from "./content.ts";
import { fillDescription, type Description } from "./document-description.ts";
import { MAIN_FAMILY, openFonts, type Fonts } from "./fonts.ts";
import { createImages } from "./images.ts";
import { loadPrinter, type PageContent, type PrintJob } from "./printer.ts";

export interface PdfOptions {
  templates: TemplateStore;
  /** Where pictures may come from; a relative path is looked for in each. */
  imageFolders: readonly string[];
}

const Node = z.custom<Description>();

/** `document.yaml`. Pages are A4; margins are left, top, right, bottom in points. */
const Document = z.strictObject({
  content: Node,
  styles: z.record(z.string(), z.record(z.string(), Node)).default({}),
  defaultStyle: z.record(z.string(), Node).default({}),
  pageMargins: z.tuple([z.number(), z.number(), z.number(), z.number()]).default([48, 48, 48, 56]),
  header: Node.optional(),
  footer: Node.optional(),
  background: Node.optional(),
  info: z
    .strictObject({ title: z.string(), author: z.string(), subject: z.string() })
    .partial()
    .default({}),
});

type DocumentDescription = z.output<typeof Document>;

/** What one document is made from. */
interface Making {
  document: DocumentDescription;
  scope: object;
  expressions: Expressions;
  tools: ContentTools;
  language: string;
}

/**
 * PDFs from document descriptions. Fonts and pdfmake are loaded with the first document, so that
 * starting stays quick. The same data give the same bytes; the date in the document is
 * `data.creationDate` (RFC 3339 or UTC milliseconds) or else the moment of making.
 */
export function createPdf({ templates, imageFolders }: PdfOptions): Pdf {
  const images = createImages(imageFolders);
  let machinery: { fonts: Fonts; print: ReturnType<typeof loadPrinter> } | undefined;
  return {
    async render(name, language, data) {
      machinery ??= { fonts: openFonts(), print: loadPrinter() };
      const { fonts, print } = machinery;
      const description = await templates.description(name, "document.yaml");
      const expressions = await templates.expressions(name, language);
      const globals = await templates.globals(name, language);
      try {
        const document = Document.parse(description);
        const scope = { ...data, ...globals };
        const tools = { fonts, images };
        const job = jobOf({ document, scope, expressions, tools, language: globals.language });
        fonts.reset(); // nothing waits between here and the end of drawing
        return await print(job, fonts.files);
      } catch (cause) {
        if (kindOf(cause) !== undefined) throw cause;
        const why = `document.yaml of template "${name}" cannot be printed: ${messageOf(cause)}`;
        throw new ConfigurationError(why, { cause });
      }
    },
  };
}

function jobOf(making: Making): PrintJob {
  const { document, scope, expressions, language } = making;
  const { header, footer, background, pageMargins } = document;
  const [left, top, right, bottom] = pageMargins;
  const plain = (node: Description): object =>
    Object(fillDescription(node, scope, expressions) ?? {}) as object;
  return {
    content: contentOf(document.content, making, {}),
    styles: plain(document.styles),
    defaultStyle: { font: MAIN_FAMILY, fontSize: 10, ...plain(document.defaultStyle) },
    margins: { left, top, right, bottom },
    ...(header === undefined ? {} : { header: perPage(header, making) }),
    ...(footer === undefined ? {} : { footer: perPage(footer, making) }),
    ...(background === undefined ? {} : { background: perPage(background, making) }),
    language,
    info: infoOf(making),
  };
}

/** Headers and footers also know `page` and `pages`. */
function perPage(node: Description, making: Making): PageContent {
  return (page, pages) => contentOf(node, making, { page, pages });
}

function contentOf(node: Description, making: Making, more: object): unknown {
  const { scope, expressions, tools } = making;
  const filled = fillDescription(node, { ...scope, ...more }, expressions);
  return toContent(filled ?? "", tools);
}

function infoOf({ document, scope, expressions }: Making): PrintJob["info"] {
  const { creationDate } = scope as { creationDate?: unknown };
  const isDate = typeof creationDate === "string" || typeof creationDate === "number";
  const made = new Date(isDate ? creationDate : NaN);
  const texts = Object.entries(document.info).flatMap(([key, text]) => {
    const filled = expressions
      .render(text ?? "", scope)
      .replaceAll(/\s+/g, " ")
      .trim();
    return filled === "" ? [] : [[key, filled]];
  });
  return {
    ...(Object.fromEntries(texts) as PrintJob["info"]),
    ...(Number.isNaN(made.getTime()) ? {} : { creationDate: made }),
  };
}
