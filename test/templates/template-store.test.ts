import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { kindOf, messageOf } from "../../src/sdk/errors.ts";
import { createTemplates } from "../../src/templates/template-store.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bellhop-templates-"));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

async function write(path: string, text: string): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

const store = () => createTemplates({ folders: [join(root, "own"), join(root, "product")] });

/** `configuration: no template …` */
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: unknown) => `${kindOf(error) ?? "unknown"}: ${messageOf(error)}`,
  );

describe("languages", () => {
  beforeEach(async () => {
    await write("product/mail/default/hello.en.liquid", "Hello");
    await write("product/mail/default/hello.nb.liquid", "Hei");
  });

  test.each([
    ["nb-no", "Hei"],
    ["NB", "Hei"],
    ["no", "Hei"],
    ["nn", "Hei"],
    ["en-us", "Hello"],
    ["pl", "Hello"],
    ["", "Hello"],
    ["../../etc/passwd", "Hello"],
  ])("a guest with the language %j is greeted %j", async (language, greeting) => {
    const text = await store().render("mail/default", "hello", language, {});

    expect(text).toBe(greeting);
  });

  test("a part without language speaks through the texts of the guest's language", async () => {
    await write("product/mail/default/bye.liquid", "{{ t.bye | fill: name: name }}");
    await write("product/mail/default/bye.en.liquid", "only for those who read English");
    await write("product/mail/default/texts.en.yaml", "bye: Goodbye {name}\nspare: Spare");
    await write("product/mail/default/texts.de.yaml", "bye: Tschüss {name}");

    const german = await store().render("mail/default", "bye", "de-at", { name: "Anna" });
    const texts = await store().texts("mail/default", "de-at");

    expect(german).toBe("Tschüss Anna");
    expect(texts).toEqual({ bye: "Tschüss {name}", spare: "Spare" });
  });

  test("dates and amounts are written in the language the texts were found in", async () => {
    await write("product/mail/default/when.liquid", "{{ day | date }}, {{ price | money }}");
    await write("product/mail/default/texts.en.yaml", "x: y");
    await write("product/mail/default/texts.de.yaml", "x: y");
    const data = { day: "2026-03-14", price: { amountMinor: 123450, currency: "EUR" } };

    const written = await Promise.all(
      ["de", "de-ch", "en", "en-us", "pl", "de-12"].map((language) =>
        store().render("mail/default", "when", language, data),
      ),
    );

    expect(written).toEqual([
      "14. März 2026, 1.234,50\u00a0€",
      "14. März 2026, EUR\u00a01'234.50",
      "14 March 2026, €1,234.50",
      "March 14, 2026, €1,234.50",
      "14 March 2026, €1,234.50",
      "14. März 2026, 1.234,50\u00a0€",
    ]);
  });
});

describe("the operator's own folder", () => {
  beforeEach(async () => {
    await write("product/mail/default/hello.liquid", "Hello from us, {{ t.sign }}");
    await write("product/mail/default/texts.en.yaml", "sign: Bellhop\nother: kept");
  });

  test("wins file by file and text by text", async () => {
    await write("own/mail/default/texts.en.yaml", "sign: Fjord Walks");

    const text = await store().render("mail/default", "hello", "en", {});
    const texts = await store().texts("mail/default", "en");

    expect(text).toBe("Hello from us, Fjord Walks");
    expect(texts).toEqual({ sign: "Fjord Walks", other: "kept" });
  });

  test("an own template holds only what differs from the default beside it", async () => {
    await write("own/mail/mine/texts.en.yaml", "sign: mine");

    const text = await store().render("mail/mine", "hello", "en", {});

    expect(text).toBe("Hello from us, mine");
  });

  test("a changed file is read again without a restart", async () => {
    const file = await write("own/mail/default/hello.liquid", "first");
    const templates = store();
    const before = await templates.render("mail/default", "hello", "en", {});
    await writeFile(file, "other");
    await utimes(file, 1_000, 1_000);

    const after = await templates.render("mail/default", "hello", "en", {});

    expect([before, after]).toEqual(["first", "other"]);
  });
});

describe("what a guest wrote", () => {
  const data = { name: `<b onclick="x()">Anna</b> & {{ t.secret }}` };

  test("is escaped in HTML parts and left alone in texts", async () => {
    await write("product/mail/default/mail.html.liquid", "<p>{{ name }}</p>");
    await write("product/mail/default/mail.txt.liquid", "{{ name }}");

    const html = await store().render("mail/default", "mail.html", "en", data);
    const text = await store().render("mail/default", "mail.txt", "en", data);

    expect(html).toBe("<p>&lt;b onclick=&#34;x()&#34;&gt;Anna&lt;/b&gt; &amp; {{ t.secret }}</p>");
    expect(text).toBe(data.name);
  });

  test("is escaped where a text is filled in, too", async () => {
    await write("product/mail/default/texts.en.yaml", "hello: Hello {name}");
    await write("product/mail/default/mail.html.liquid", "{{ t.hello | fill: name: name }}");

    const html = await store().render("mail/default", "mail.html", "en", { name: "<i>" });

    expect(html).toBe("Hello &lt;i&gt;");
  });
});

describe("mistakes", () => {
  test("a template that does not exist is named with the folders looked in", async () => {
    const error = await errorOf(store().render("mail/missing", "hello", "en", {}));

    expect(error).toBe(
      `configuration: no template "mail/missing"; looked in ${root}/own/mail/missing, ${root}/product/mail/missing`,
    );
  });

  test("a part that does not exist is named with the folders looked in", async () => {
    await write("product/mail/default/hello.en.liquid", "Hello");

    const error = await errorOf(store().render("mail/default", "bye", "en", {}));

    expect(error).toContain(`no part "bye" of template "mail/default"; looked in`);
  });

  test.each([
    ["../secret", "hello"],
    ["mail/../../secret", "hello"],
    ["/etc", "hello"],
    ["mail/default", "../../../secret"],
    ["mail/default", "hello/../../x"],
  ])("neither %j nor part %j reaches outside the folders", async (name, part) => {
    await write("secret/hello.liquid", "secret");
    await write("product/mail/default/hello.liquid", "Hello");

    const error = await errorOf(store().render(name, part, "en", {}));

    expect(error).toMatch(/^configuration: /);
  });

  test.each([`"../../../secret.txt"`, "path"])(
    "an include of %s reads nothing outside the template's folders",
    async (target) => {
      const path = await write("secret.txt", "secret");
      await write("product/mail/default/hello.liquid", `{% include ${target} %}`);

      const error = await errorOf(store().render("mail/default", "hello", "en", { path }));

      expect(error).toMatch(/^configuration: /);
    },
  );

  test("an include finds a file of the template", async () => {
    await write("product/mail/default/part.liquid", "part of {{ t.x }}");
    await write("product/mail/default/texts.en.yaml", "x: it");
    await write("product/mail/default/hello.liquid", `{% render "part.liquid" %}`);

    const text = await store().render("mail/default", "hello", "en", {});

    expect(text).toBe("part of it");
  });

  test("an unknown filter stops the mail instead of reaching a guest", async () => {
    const file = await write("product/mail/default/hello.liquid", "{{ price | monney }}");

    const error = await errorOf(store().render("mail/default", "hello", "en", {}));

    expect(error).toMatch(new RegExp(`${file} cannot be used: .*monney`));
  });

  test("texts that are no texts are refused with their file", async () => {
    const file = await write("product/mail/default/texts.en.yaml", "hello: [1, 2]");

    const error = await errorOf(store().texts("mail/default", "en"));

    expect(error).toContain(file);
  });
});
