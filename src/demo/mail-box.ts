import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { CaughtFile, CaughtMail } from "./mail-catcher.ts";

/** The demo may run for hours; older mails make room. */
const MOST_MAILS = 200;

/** Files of an earlier demo; anything else in the folder stays. */
const OURS = /^\d{3,}-.*\.(pdf|html|txt)$/;

/** The caught mails, newest first, and their files in a folder. */
export class MailBox {
  readonly folder: string;
  readonly mails: CaughtMail[] = [];
  readonly #files = new Map<number, string[]>();

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) if (OURS.test(name)) rmSync(join(folder, name));
  }

  add(mail: CaughtMail): void {
    this.mails.unshift(mail);
    this.#files.set(mail.number, writeMail(this.folder, mail));
    const oldest = this.mails.length > MOST_MAILS ? this.mails.pop() : undefined;
    if (!oldest) return;
    for (const path of this.#files.get(oldest.number) ?? []) rmSync(path, { force: true });
    this.#files.delete(oldest.number);
  }

  get(number: number): CaughtMail | undefined {
    return this.mails.find((mail) => mail.number === number);
  }

  byMessageId(messageId: string): CaughtMail | undefined {
    return this.mails.find((mail) => mail.messageId === messageId);
  }
}

/** The voucher of a mail. */
export function pdfOf({ files }: CaughtMail): CaughtFile | undefined {
  return files.find(({ contentType }) => contentType === "application/pdf");
}

function writeMail(folder: string, mail: CaughtMail): string[] {
  const pdf = pdfOf(mail);
  const number = String(mail.number).padStart(3, "0");
  const base = join(
    folder,
    `${number}-${plainName(pdf?.name.replace(/\.pdf$/, "") ?? mail.subject)}`,
  );
  const head = `From: ${mail.from}\nTo: ${mail.to}\nSubject: ${mail.subject}\n\n`;
  const contents: readonly (readonly [string, string | Buffer | undefined])[] = [
    [`${base}.txt`, head + mail.text],
    [`${base}.html`, mail.html],
    [`${base}.pdf`, pdf?.content],
  ];
  return contents.flatMap(([path, content]) => {
    if (content === undefined) return [];
    writeFileSync(path, content);
    return [path];
  });
}

/** What a mail says of itself is nothing to build a path from. */
function plainName(text: string): string {
  const name = text.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-+|-+$/g, "");
  return name.slice(0, 60) || "mail";
}
