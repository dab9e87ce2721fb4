import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { MailBox } from "../../src/demo/mail-box.ts";
import { type MailServer, startMailServer } from "../../src/demo/mail-server.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { mail, PDF } from "./mail-builder.ts";

let box: MailBox;
let server: MailServer;
beforeEach(async () => {
  box = new MailBox(temporaryFolder());
  server = await startMailServer(box, "127.0.0.1", 0);
});
afterEach(() => server.close());

async function get(path: string) {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe("the page of mails", () => {
  it("says that the first voucher is coming, and looks again by itself", async () => {
    const { status, text } = await get("/");

    expect(status).toBe(200);
    expect(text).toContain("No mail yet.");
    expect(text).toContain('<meta http-equiv="refresh" content="5" />');
  });

  it("shows the newest mail first, with reader, text and a link to its voucher", async () => {
    box.add(mail({ number: 1, subject: "Voucher for booking 1201" }));
    box.add(mail({ number: 2, subject: "Your booking 1201 is cancelled", files: [] }));

    const { text } = await get("/");

    const [newer, older] = ["Your booking 1201 is cancelled", "Voucher for booking 1201"].map(
      (subject) => text.indexOf(subject),
    );
    expect(newer).toBeGreaterThan(0);
    expect(older).toBeGreaterThan(newer ?? 0);
    expect(text).toContain("<b>siobhan@example.com</b>");
    expect(text).toContain("Hello Siobhán,\n\nThank you.");
    expect(text).toContain('href="/mails/1.pdf"');
    expect(text).not.toContain('href="/mails/2.pdf"');
    expect(text).toContain("2 mails so far");
  });

  it("shows what guests write as text, never as markup", async () => {
    const nasty = `<script>alert("1")</script>&'`;
    const files = [{ name: nasty, contentType: "application/pdf", content: PDF }];
    box.add(mail({ subject: nasty, text: nasty, to: nasty, files }));

    const pages = await Promise.all([get("/"), get("/mails/1")]);

    for (const { text } of pages) {
      expect(text).not.toContain("<script");
      expect(
        text.split("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;").length,
      ).toBeGreaterThan(3);
    }
  });

  it("lets the browser load nothing but its own style", async () => {
    const { headers } = await get("/");
    const style = await get("/style.css");

    const policy = headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none';style-src 'self'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("x-powered-by")).toBeNull();
    expect(style.headers.get("content-type")).toContain("text/css");
  });
});

describe("one mail", () => {
  it("is there in full, as voucher, and as the guest sees it but unable to do anything", async () => {
    box.add(mail());

    const [page, pdf, html] = await Promise.all([
      get("/mails/1"),
      get("/mails/1.pdf"),
      get("/mails/1.html"),
    ]);

    expect(page.text).toContain("Voucher for booking 1201");
    expect(page.text).not.toContain("http-equiv");
    expect(pdf.headers.get("content-type")).toBe("application/pdf");
    expect(pdf.text).toBe(PDF.toString());
    expect(html.text).toBe("<p>Hello <b>Siobhán</b></p>");
    expect(html.headers.get("content-security-policy")).toMatch(/default-src 'none'.*sandbox$/);
  });

  it.each(["/mails/2", "/mails/2.pdf", "/mails/1.exe", "/mails/..%2f1", "/nothing"])(
    "is not there under %s, and the page says so",
    async (path) => {
      box.add(mail());

      const { status, text } = await get(path);

      expect(status).toBe(404);
      expect(text).toContain("There is no such mail");
    },
  );
});

it("a port that is taken is no obstacle", async () => {
  const other = await startMailServer(box, "127.0.0.1", server.port);

  await other.close();

  expect(other.port).not.toBe(server.port);
});
