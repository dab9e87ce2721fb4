import { createRequire } from "node:module";

import type { FamilyFiles } from "./fonts.ts";
import { orderLine, type Line } from "./line-order.ts";

/** A document ready to be laid out. */
export interface PrintJob {
  content: unknown;
  styles: object;
  defaultStyle: object;
  margins: Margins;
  header?: PageContent;
  footer?: PageContent;
  background?: PageContent;
  /** BCP 47 */
  language: string;
  info: { title?: string; author?: string; subject?: string; creationDate?: Date };
}

export interface Margins {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Made for each page once their number is known; the background before. */
export type PageContent = (page: number, pages: number) => unknown;

/** A4 in points. */
const PAGE = { width: 595.28, height: 841.89, orientation: "portrait" } as const;

interface Page {
  items: ({ type: "line"; item: Line } | { type: "other"; item: unknown })[];
}

interface PdfDocument {
  on(event: "data", listen: (chunk: Buffer) => void): void;
  on(event: "end", listen: () => void): void;
  on(event: "error", listen: (error: Error) => void): void;
  end(): void;
}

/** The parts of pdfmake 0.3 that its own `createPdf` puts together. */
interface Pdfmake {
  Document: new (
    fonts: object,
    images: object,
    patterns: object,
    attachments: object,
    options: object,
    virtualFiles: null,
    mayRead: () => boolean,
  ) => PdfDocument;
  LayoutBuilder: new (
    page: object,
    margins: Margins,
  ) => {
    registerTableLayouts(layouts: object): void;
    layoutDocument(
      content: unknown,
      document: PdfDocument,
      styles: object,
      defaultStyle: object,
      background: PageContent | undefined,
      header: PageContent | undefined,
      footer: PageContent | undefined,
    ): Page[];
  };
  Renderer: new (document: PdfDocument) => { renderPages(pages: Page[]): void };
  tableLayouts: object;
}

const require = createRequire(import.meta.url);

/**
 * pdfmake's printer, with one step more between laying out and drawing: putting the words of
 * right-to-left lines in order. `createPdf` has no place for that, hence the parts; a new version
 * of pdfmake has to pass the tests here before it comes in.
 */
export function loadPrinter(): (
  job: PrintJob,
  fonts: Readonly<Record<string, FamilyFiles>>,
) => Promise<Buffer> {
  const pdfmake = loadPdfmake();
  return (job, fonts) => {
    const mayRead = () => false; // pictures come as data
    const options = documentOptions(job);
    const document = new pdfmake.Document(fonts, {}, {}, {}, options, null, mayRead);
    const builder = new pdfmake.LayoutBuilder(PAGE, job.margins);
    builder.registerTableLayouts(pdfmake.tableLayouts);
    const pages = builder.layoutDocument(
      job.content,
      document,
      job.styles,
      job.defaultStyle,
      job.background,
      job.header,
      job.footer,
    );
    for (const line of linesOf(pages)) orderLine(line);
    new pdfmake.Renderer(document).renderPages(pages);
    return bytesOf(document);
  };
}

function loadPdfmake(): Pdfmake {
  const part = (name: string): unknown => require(`pdfmake/js/${name}.js`);
  const main = (name: string) => (part(name) as { default: unknown }).default;
  return {
    Document: main("PDFDocument"),
    LayoutBuilder: main("LayoutBuilder"),
    Renderer: main("Renderer"),
    tableLayouts: (part("tableLayouts") as { tableLayouts: unknown }).tableLayouts,
  } as Pdfmake;
}

function documentOptions({ info, language }: PrintJob): object {
  const { title, author, subject, creationDate } = info;
  return {
    size: [PAGE.width, PAGE.height],
    pdfVersion: "1.5",
    displayTitle: true,
    lang: language,
    autoFirstPage: false,
    font: null,
    info: {
      Producer: "Bellhop",
      Creator: "Bellhop",
      ...(title ? { Title: title } : {}),
      ...(author ? { Author: author } : {}),
      ...(subject ? { Subject: subject } : {}),
      ...(creationDate ? { CreationDate: creationDate } : {}),
    },
  };
}

/** Headers that are repeated share their lines between pages; each is ordered once. */
function linesOf(pages: readonly Page[]): Set<Line> {
  const lines = pages.flatMap(({ items }) =>
    items.flatMap((each) => (each.type === "line" ? [each.item] : [])),
  );
  return new Set(lines);
}

function bytesOf(document: PdfDocument): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    document.on("data", (chunk) => chunks.push(chunk));
    document.on("end", () => {
      resolve(Buffer.concat(chunks));
    });
    document.on("error", reject);
    document.end();
  });
}
