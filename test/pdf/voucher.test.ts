import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { check } from "../../integrations/voucher-mail/check.ts";
import { VoucherMailConfig } from "../../integrations/voucher-mail/config.ts";
import { voucherDocument } from "../../integrations/voucher-mail/document.ts";
import { bookingOf } from "../../integrations/voucher-mail/testing.ts";
import { createPdf } from "../../src/pdf/pdf.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import { checkContext } from "../../src/sdk/testing.ts";
import { createTemplates } from "../../src/templates/template-store.ts";
import { pngOf } from "./png-builder.ts";
import { codesOf, infoOf, pagesOf, pdfTest, wordsOf } from "./tools.ts";

let images: string;

beforeAll(async () => {
  images = await mkdtemp(join(tmpdir(), "bellhop-images-"));
  await writeFile(join(images, "logo.png"), pngOf({}));
});

afterAll(async () => {
  await rm(images, { recursive: true });
});

const templates = createTemplates({
  folders: [fileURLToPath(new URL("../../templates", import.meta.url))],
});

async function voucherOf(parts: Partial<Booking>, settings: object = {}): Promise<Buffer> {
  const config = VoucherMailConfig.parse(settings);
  const connection = { id: "fjord", name: "Fjord Walks", language: "en" };
  const pdf = createPdf({ templates, imageFolders: [images] });
  const clock = { now: Date.now };
  return voucherDocument.render(bookingOf(parts), { config, connection, clock, pdf, templates });
}

const eur = (amountMinor: number) => ({ amountMinor, currency: "EUR" });
const at = (date: string, time?: string) => ({
  date,
  timeZone: "Europe/Oslo",
  ...(time === undefined ? {} : { time }),
});

test("the check makes a sample, so a missing logo is found before the first guest", async () => {
  const pdf = createPdf({ templates, imageFolders: [images] });
  const checking = (logo: string) => {
    const config = VoucherMailConfig.parse({ brand: { logo } });
    return check(checkContext(config, { pdf, templates }));
  };

  expect(await checking("logo.png")).toMatch(/^template default with \d+ texts; live/);
  await expect(checking("missing.png")).rejects.toThrow("missing.png");
});

describe("a voucher", () => {
  pdfTest("shows who, what, when, where and how much", async () => {
    const pdf = await voucherOf({
      items: [
        {
          id: "1",
          name: "Fjord walk",
          quantityText: "2 Adults, 1 Child",
          start: at("2026-03-14", "09:00"),
          end: at("2026-03-14", "12:30"),
          place: "Harbour office",
          pickup: { name: "Hotel Norge", time: "08:30", note: "wait outside" },
          unitName: "Boat 4",
          supplierReference: "SUP-9",
          note: "Bring gloves",
          answers: [{ question: "Shoe size", answers: ["38", "41"] }],
          price: eur(18_000),
        },
        { id: "2", belongsTo: "1", name: "Picnic", quantity: 2, price: eur(0) },
        { id: "3", name: "Booking fee", kind: "fee", price: eur(350) },
      ],
      totals: { total: eur(18_350), paid: eur(5_000) },
      balance: eur(13_350),
      balanceDueOn: "2026-03-01",
      notes: "One nut allergy",
      importantNote: "Ten minutes early, please",
      travellersText: "2 Adults, 1 Child",
      customer: { name: "Anna Berg", phone: "+47 900 00 000" },
      voucherUrl: "https://example.com/v/1201",
    });

    const words = await wordsOf(pdf);
    for (const expected of [
      "Fjord Walks",
      "Anna Berg",
      "+47 900 00 000",
      "1201",
      "Saturday, 14 March 2026, 09:00–12:30",
      "Where: Harbour office",
      "Pick-up: 08:30 Hotel Norge – wait outside",
      "Assigned to you: Boat 4",
      "Carried out under: SUP-9",
      "Shoe size: 38, 41",
      "Bring gloves",
      "€180.00",
      "Picnic",
      "free",
      "€3.50",
      "Total €183.50",
      "Paid €50.00",
      "Still to pay by 1 March 2026 €133.50",
      "One nut allergy",
      "Ten minutes early, please",
      "https://example.com/v/1201",
    ]) {
      expect(words).toContain(expected);
    }
  });

  pdfTest("is scanned by its barcode, or else by the reference", async () => {
    const byReference = await codesOf(await voucherOf({ reference: "Ærø-1201" }));
    const byBarcode = await codesOf(await voucherOf({ barcode: "BC 77/1201" }));

    expect(byReference).toEqual(["Ærø-1201"]);
    expect(byBarcode).toEqual(["BC 77/1201"]);
  });

  pdfTest("carries every ticket, those that are scanned as codes", async () => {
    const pdf = await voucherOf({
      items: [
        {
          id: "1",
          name: "Ferry",
          ticketFormat: "qr",
          tickets: [{ value: "TK-1", label: "Adult", seat: "12A" }, { value: "TK-2" }],
        },
        { id: "2", name: "Museum", ticketFormat: "code128", tickets: [{ value: "4006381333931" }] },
      ],
    });

    const [codes, words] = await Promise.all([codesOf(pdf), wordsOf(pdf)]);
    expect(codes.toSorted()).toEqual(["1201", "TK-1", "TK-2"]);
    expect(words).toContain("Seat: 12A");
    expect(words).toContain("4006381333931");
  });

  pdfTest("names its operator and itself to a PDF reader", async () => {
    const info = await infoOf(await voucherOf({}, { brand: { name: "Fjord & Fell" } }));

    expect(info).toMatchObject({ Title: "Voucher 1201", Author: "Fjord & Fell" });
  });

  pdfTest("of twelve items goes over pages without breaking one", async () => {
    const items = Array.from({ length: 12 }, (_, index) => ({
      id: String(index),
      name: `Day ${index + 1} of the journey, with a name that is long enough to need two lines`,
      start: at(`2026-06-${String(index + 1).padStart(2, "0")}`, "09:00"),
      place: `Place ${index + 1}.`,
      price: eur(100),
    }));

    const pages = await pagesOf(await voucherOf({ items }));

    expect(pages.length).toBe(2);
    expect(pages[0]).toMatch(/1 ?\/ ?2/);
    expect(pages[1]).toContain("Booking 1201");
    expect(pages.every((page) => page.includes("Quantity"))).toBe(true);
    for (let day = 1; day <= 12; day++) {
      const page = pages.find((each) => each.includes(`Day ${day} of`));
      expect(page).toContain(`Place ${day}.`);
    }
  });

  pdfTest("keeps its shape whatever was typed into the form", async () => {
    const endless = "x".repeat(400);
    const wide = "山".repeat(3000);

    const pages = await pagesOf(
      await voucherOf({
        reference: "R".repeat(90),
        title: endless,
        customer: { name: `Anna ${endless}` },
        travellersText: endless,
        items: [
          { id: "1", name: endless, quantityText: endless, note: "note ".repeat(2000) },
          { id: "2", name: wide, place: wide, unitName: wide, pickup: { name: wide, note: wide } },
          { id: "3", name: "LAST ITEM" },
        ],
        notes: `${"wish ".repeat(1500)}THE END`,
      }),
    );

    expect(pages.length).toBeLessThan(8);
    expect(pages.join(" ")).toContain("LAST ITEM");
    expect(pages.join(" ")).toContain("THE END");
    expect(pages.every((page) => page.includes("Fjord Walks"))).toBe(true);
  });

  pdfTest("without prices shows none, for a guest who booked with an agent", async () => {
    const words = await wordsOf(await voucherOf({ agent: { name: "Nordic", reference: "N-7" } }));

    expect(words).toContain("Booked with Nordic N-7");
    expect(words).not.toMatch(/€|Price|Total|pay|free/);
  });

  pdfTest("that costs nothing says so once", async () => {
    const words = await wordsOf(
      await voucherOf({
        items: [{ id: "1", name: "Walk", price: eur(0) }],
        totals: { total: eur(0) },
        balance: eur(0),
      }),
    );

    expect(words).toContain("Price: free");
    expect(words).not.toMatch(/€|Total|Paid/);
  });

  pdfTest("of a cancelled booking says that it is cancelled", async () => {
    const words = await wordsOf(await voucherOf({ status: "cancelled" }));

    expect(words).toContain("This booking is cancelled.");
  });

  pdfTest("speaks the guest's language", async () => {
    const words = await wordsOf(await voucherOf({ language: "ja" }));

    expect(words).toContain("2026年3月14日土曜日 9:00");
    expect(words).toContain("予約番号");
  });

  pdfTest("treats what guests write as text", async () => {
    const notes = `{{ internalNote }} {% if true %} <script>alert(1)</script>`;

    const words = await wordsOf(await voucherOf({ notes, internalNote: "SECRET" }));

    expect(words).toContain(notes);
    expect(words).not.toContain("SECRET");
  });

  test("shows the operator's logo", async () => {
    const pdf = await voucherOf({}, { brand: { logo: "logo.png" } });

    expect(pdf.toString("latin1")).toContain("/Subtype /Image");
  });
});
