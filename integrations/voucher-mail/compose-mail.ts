import type { Booking, ConnectionDefaults, MailMessage, Pdf, Reader, Templates } from "#sdk";

import type { VoucherMailConfig } from "./config.ts";
import type { VoucherData } from "./voucher-data.ts";
import { voucherView, type MailKind } from "./voucher-view.ts";

/** What mails and documents are made with. */
export interface Workshop {
  config: VoucherMailConfig;
  connection: ConnectionDefaults;
  templates: Templates;
  pdf: Pdf;
}

export interface Draft {
  kind: MailKind;
  reader: Reader;
  booking: Booking;
  data: VoucherData;
  /** UTC milliseconds, for the date inside the PDF. */
  now: number;
}

/** The mail without its recipient. */
export async function composeMail(
  { kind, reader, booking, data, now }: Draft,
  workshop: Workshop,
): Promise<Omit<MailMessage, "to" | "cc">> {
  const { config, connection, templates } = workshop;
  const name = templateName(config);
  // Agents and the office are written to in the operator's language.
  const language = reader === "guest" ? guestLanguage(booking, connection) : connection.language;
  const view = {
    ...voucherView(data, booking.status, config.brand, connection.name),
    kind,
    reader,
  };
  const part = (file: string) => templates.render(name, file, language, view);
  const [subject, text, html] = await Promise.all([
    part("subject"),
    part("mail.txt"),
    part("mail.html"),
  ]);
  const message = { subject: subject.replaceAll(/\s+/g, " ").trim(), text: tidy(text), html };
  if (kind === "cancellation") return message;
  const content = await renderVoucher(booking, data, workshop, now);
  return { ...message, attachments: [attachment(data.reference, content)] };
}

/** The voucher as PDF, in the guest's language whoever gets it: it is shown by the guest. */
export function renderVoucher(
  booking: Booking,
  data: VoucherData,
  { config, connection, pdf }: Omit<Workshop, "templates">,
  now: number,
): Promise<Buffer> {
  const view = voucherView(data, booking.status, config.brand, connection.name);
  const language = guestLanguage(booking, connection);
  return pdf.render(templateName(config), language, { ...view, creationDate: now });
}

export function templateName(config: Pick<VoucherMailConfig, "template">): string {
  return `voucher-mail/${config.template}`;
}

function guestLanguage(booking: Booking, connection: ConnectionDefaults): string {
  return booking.language ?? connection.language;
}

function attachment(reference: string, content: Buffer) {
  const name = reference.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 80);
  return { filename: `voucher-${name}.pdf`, contentType: "application/pdf", content };
}

function tidy(text: string): string {
  return `${text
    .replaceAll(/[ \t]+$/gm, "")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim()}\n`;
}
