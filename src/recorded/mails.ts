import { BodyFinder } from "./find-bodies.ts";
import { readMail } from "./mail-parts.ts";
import {
  type Found,
  type Line,
  type RecordedCall,
  type RecordReader,
  timeOf,
} from "./recorded-call.ts";

const MAX_MAIL_LENGTH = 8 * 1024 * 1024;
const HEADER =
  /^(?:From |(?:Return-Path|Received|Delivered-To|Message-ID|MIME-Version|Content-Type|Date|Subject|From|To|X-[\w-]{1,60}): )/i;

/** Mails that report calls: one `.eml`, or an mbox of many. */
export class Mails implements RecordReader {
  #lines: string[] = [];
  #length = 0;
  #first = 1;
  #wasEmpty = true;

  read({ number, text, isTooLong }: Line): readonly Found[] {
    const found = this.#wasEmpty && text.startsWith("From ") ? this.end() : [];
    if (this.#length === 0) this.#first = number;
    this.#wasEmpty = text === "";
    this.#length += isTooLong ? Infinity : text.length + 1;
    if (this.#length > MAX_MAIL_LENGTH) this.#lines = [];
    // An mbox marks lines of a mail that look like the beginning of the next one.
    else if (!text.startsWith("From ")) this.#lines.push(text.replace(/^>(>*From )/, "$1"));
    return found;
  }

  end(): readonly Found[] {
    const [line, isTooLong] = [this.#first, this.#length > MAX_MAIL_LENGTH];
    const source = this.#lines.join("\n");
    this.#lines = [];
    this.#length = 0;
    if (isTooLong) return [{ line, calls: [] }];
    return source.trim() === "" ? [] : [{ line, calls: callsIn(source) }];
  }
}

export function isMailLine(text: string): boolean {
  return HEADER.test(text);
}

function callsIn(source: string): RecordedCall[] {
  const { sentAt, texts } = readMail(source);
  const receivedAt = timeOf(sentAt ?? 0);
  if (receivedAt === undefined) return [];
  for (const text of texts) {
    const finder = new BodyFinder();
    const bodies = text.split("\n").flatMap((line) => finder.push(line));
    // The other texts of a mail say the same in another form.
    if (bodies.length > 0) return bodies.map((body) => body(receivedAt));
  }
  return [];
}
