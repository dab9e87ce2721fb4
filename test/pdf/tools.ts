import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { test } from "vitest";

const run = promisify(execFile);

/** What the PDFs are read back with: Debian's poppler-utils and zbar-tools. */
const TOOLS = ["pdftotext", "pdfinfo", "pdftoppm", "zbarimg"] as const;

async function missingTools(): Promise<string[]> {
  const found = await Promise.all(
    TOOLS.map((tool) =>
      run("which", [tool]).then(
        () => [],
        () => [tool],
      ),
    ),
  );
  return found.flat();
}

const missing = await missingTools();

/**
 * A test that reads PDFs with other people's programs. Where they are missing it is left out with
 * a line that says so, but never on a build server.
 */
export function pdfTest(name: string, body: () => Promise<void>): void {
  if (missing.length === 0) {
    test(name, body);
    return;
  }
  const why = `needs ${missing.join(", ")} (Debian: poppler-utils, zbar-tools)`;
  if (process.env["CI"] === "true") {
    test(name, () => {
      throw new Error(why);
    });
    return;
  }
  process.stderr.write(`LEFT OUT: "${name}" ${why}\n`);
  test.skip(name, body);
}

async function withFile<Value>(
  pdf: Buffer,
  use: (file: string, folder: string) => Promise<Value>,
): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), "bellhop-pdf-"));
  try {
    const file = join(folder, "document.pdf");
    await writeFile(file, pdf);
    return await use(file, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The text of each page, as it lies on it. */
export async function pagesOf(pdf: Buffer): Promise<string[]> {
  const text = await withFile(pdf, async (file) => {
    const { stdout } = await run("pdftotext", ["-layout", file, "-"]);
    return stdout;
  });
  // pdftotext marks directions with invisible characters, and ends each page with a form feed.
  return text
    .replaceAll(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, "")
    .split("\f")
    .slice(0, -1);
}

export async function textOf(pdf: Buffer): Promise<string> {
  return (await pagesOf(pdf)).join("\n");
}

/** The words of a PDF in the order of reading, spaces joined. */
export async function wordsOf(pdf: Buffer): Promise<string> {
  return (await textOf(pdf)).replaceAll(/\s+/g, " ").trim();
}

export async function infoOf(pdf: Buffer): Promise<Record<string, string>> {
  const { stdout } = await withFile(pdf, (file) => run("pdfinfo", [file]));
  return Object.fromEntries(
    stdout.split("\n").flatMap((line) => {
      const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

/** What a telephone reads from the codes on all pages. */
export async function codesOf(pdf: Buffer): Promise<string[]> {
  return withFile(pdf, async (file, folder) => {
    await run("pdftoppm", ["-r", "150", "-png", file, join(folder, "page")]);
    const images = (await readdir(folder)).filter((name) => name.endsWith(".png"));
    const { stdout } = await run("zbarimg", [
      "--quiet",
      "--raw",
      "-Sdisable",
      "-Sqrcode.enable",
      ...images.map((name) => join(folder, name)),
    ]);
    return stdout.split("\n").filter((line) => line !== "");
  });
}
