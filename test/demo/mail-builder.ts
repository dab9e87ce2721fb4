import type { CaughtMail } from "../../src/demo/mail-catcher.ts";

/** A mail with a voucher; parts as the test wants them. */
export function mail(parts: Partial<CaughtMail> = {}): CaughtMail {
  return {
    number: 1,
    messageId: "<voucher-1@example.com>",
    caughtAt: new Date(2026, 2, 2, 13, 20, 5).getTime(),
    from: "Fjord Walks <post@example.com>",
    to: "siobhan@example.com",
    subject: "Voucher for booking 1201",
    text: "Hello Siobhán,\n\nThank you.",
    html: "<p>Hello <b>Siobhán</b></p>",
    files: [{ name: "voucher-1201.pdf", contentType: "application/pdf", content: PDF }],
    ...parts,
  };
}

export const PDF = Buffer.from("%PDF-1.7 of the tests");
