import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createPdf } from "../../src/pdf/pdf.ts";
import { kindOf, messageOf } from "../../src/sdk/errors.ts";
import { createTemplates } from "../../src/templates/template-store.ts";
import { pngOf } from "./png-builder.ts";
import { infoOf, pagesOf, pdfTest, textOf, wordsOf } from "./tools.ts";

const NAME = "paper/default";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bellhop-pdf-"));
  await mkdir(join(root, "templates", NAME), { recursive: true });
  await mkdir(join(root, "images"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

async function render(document: string, data: object = {}, language = "en"): Promise<Buffer> {
  const folder = join(root, "templates");
  await writeFile(join(folder, NAME, "document.yaml"), document);
  await writeFile(join(folder, NAME, "texts.en.yaml"), 'page: "{page} / {pages}"');
  const templates = createTemplates({ folders: [folder] });
  const pdf = createPdf({ templates, imageFolders: [join(root, "images")] });
  return pdf.render(NAME, language, data);
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: unknown) => `${kindOf(error) ?? "unknown"}: ${messageOf(error)}`,
  );

describe("a document", () => {
  pdfTest("says what it is, whose it is and when it was made", async () => {
    const document = 'info: { title: "Voucher {{ ref }}", author: "{{ by }}" }\ncontent: x';

    const pdf = await render(document, {
      ref: "1201",
      by: "Fjord Walks",
      creationDate: Date.UTC(2026, 2, 2, 13, 20),
    });

    const info = await infoOf(pdf);
    expect(info).toMatchObject({
      Title: "Voucher 1201",
      Author: "Fjord Walks",
      Pages: "1",
      "Page size": "595.28 x 841.89 pts (A4)",
    });
    expect(info["CreationDate"]).toMatch(/Mar +2 .*2026/);
  });

  pdfTest("is the same to the byte for the same booking, whatever was printed before", async () => {
    const document = 'content: ["{{ text }}"]';
    const data = { text: "\u03a9mega 山田 שלום", creationDate: "2026-03-02T13:20:00Z" };
    await render(document, { ...data, text: "100 \u2126, written with the same glyph" });

    const first = await render(document, data);
    await render(document, { ...data, text: "other" });
    const again = await render(document, data);

    expect(again.equals(first)).toBe(true);
    expect(await textOf(first)).toContain("\u03a9mega");
  });

  pdfTest("counts its pages and repeats the head of a table on each", async () => {
    const document = `
footer: "{{ t.page | fill: page: page, pages: pages }}"
content:
  - table:
      headerRows: 1
      widths: ["*"]
      body:
        - [What you booked]
        - { $for: row in rows, $nodes: [["{{ row }}"]] }
`;

    const pdf = await render(document, { rows: Array.from({ length: 60 }, (_, i) => `Day ${i}`) });

    const pages = await pagesOf(pdf);
    expect(pages.length).toBe(2);
    expect(pages[0]).toMatch(/1 ?\/ ?2/);
    expect(pages[1]).toMatch(/2 ?\/ ?2/);
    expect(pages.every((page) => page.includes("What you booked"))).toBe(true);
  });

  pdfTest("writes all scripts our guests use, with right-to-left names readable", async () => {
    const names = ["Anna Žižek", "Αθηνά", "Фёдор", "山田 太郎", "שלום כהן", "محمد عبد"];

    const pdf = await render('content: [{ $for: name in names, text: "{{ name }}" }]', { names });

    // pdftotext puts visual order back into reading order by itself: it finds the names only
    // when their words stand in the right order on the page.
    const text = await textOf(pdf);
    for (const name of names) expect(text).toContain(name);
  });

  pdfTest("keeps what a guest wrote as text", async () => {
    const note = "{{ secret }} {% include 'x' %} <b>bold</b>";

    const pdf = await render('content: "{{ note }}"', { note, secret: "S3CRET" });

    const words = await wordsOf(pdf);
    expect(words).toBe(note);
  });

  test("links only to the web, to mail and to telephones", async () => {
    const links = [
      "https://example.com/v",
      "mailto:a@example.com",
      "javascript:alert(1)",
      "file:///etc/passwd",
    ];

    const pdf = await render(
      'content: [{ $for: link in links, text: "x", link: "{{ link }}" }, { text: [{ $for: link in links, text: "y", link: "{{ link }}" }] }]',
      { links },
    );

    const uris = Array.from(
      pdf.toString("latin1").matchAll(/\/URI \(([^)]*)\)/g),
      ([, uri]) => uri,
    );
    expect(uris.toSorted()).toEqual([
      "https://example.com/v",
      "https://example.com/v",
      "mailto:a@example.com",
      "mailto:a@example.com",
    ]);
  });

  pdfTest("leaves a code out rather than failing when its text is too long for one", async () => {
    const pdf = await render('content: [{ qr: "{{ code }}" }, after]', { code: "x".repeat(3000) });

    expect(await wordsOf(pdf)).toBe("after");
  });
});

describe("pictures", () => {
  test.each(["png", "transparent png"])("a %s below an allowed folder is printed", async (kind) => {
    await writeFile(join(root, "images", "logo.png"), pngOf({ hasAlpha: kind !== "png" }));

    const pdf = await render('content: [{ image: "{{ logo }}", width: 50 }]', {
      logo: "logo.png",
    });

    expect(pdf.toString("latin1")).toContain("/Subtype /Image");
  });

  test("no picture is no picture", async () => {
    const pdf = await render('content: [{ image: "{{ logo }}", width: 50 }]');

    expect(pdf.toString("latin1")).not.toContain("/Subtype /Image");
  });

  test.each([
    ["https://example.com/logo.png", "no image"],
    ["data:image/png;base64,AAAA", "no image"],
    ["../secret.png", "no image"],
    ["link.png", "no image"],
    ["missing.png", "no image"],
    ["text.png", "is no PNG or JPEG"],
    ["cut.png", "is unusable: it is cut off"],
    ["damaged.png", "is unusable: "],
    ["huge.png", "is unusable: it has over"],
    ["interlaced.png", "is unusable: it is interlaced"],
  ])("%s is refused before it can do harm: %s", async (logo, reason) => {
    const good = pngOf({});
    const images = join(root, "images");
    await writeFile(join(root, "secret.png"), good);
    await symlink(join(root, "secret.png"), join(images, "link.png"));
    await writeFile(join(images, "text.png"), "hello");
    await writeFile(join(images, "cut.png"), good.subarray(0, 50));
    await writeFile(join(images, "damaged.png"), pngOf({ pixels: Buffer.from("no zlib") }));
    await writeFile(join(images, "huge.png"), pngOf({ width: 100_000, height: 100_000 }));
    await writeFile(join(images, "interlaced.png"), pngOf({ isInterlaced: true }));

    const failure = await failureOf(render('content: [{ image: "{{ logo }}" }]', { logo }));

    expect(failure).toMatch(/^configuration: /);
    expect(failure).toContain(reason);
  });
});

describe("a template that cannot be printed", () => {
  test.each([
    ["content: [{ svg: '<svg/>' }]", 'documents cannot have "svg"'],
    ["content: [{ table: { rows: [] } }]", "a table without a body"],
    ["content: [{ text: x, style: y }]\nfoo: bar", "foo"],
    ["content: [{ table: { widths: ['*'], body: [[x], x] } }]", "document.yaml of template"],
    ["content: [{ text: '{{ x | nothing }}' }]", "nothing"],
  ])("%j is a matter for the operator", async (document, reason) => {
    const failure = await failureOf(render(document));

    expect(failure).toMatch(/^configuration: /);
    expect(failure).toContain(reason);
  });
});
