import { decimalsOf, formatAmount } from "#sdk";

import type { JournalEntry, PostingLine } from "./entries.ts";

/** How a journal is written. */
export interface JournalFormat {
  /** Of files: `journal`. */
  ending: string;
  /** Names of accounts as the format wants them. */
  account(name: string): string;
  /** What has to be declared before it can be used, a declaration each. */
  declareAccount(name: string): string;
  declareCurrency(code: string): string;
  declareTags(): string;
  /** At the foot of a month, where it is in nobody's way: who is in it. */
  declareParties(codes: readonly string[]): string;
  entry(entry: JournalEntry): string;
  include(file: string): string;
}

const ACCOUNT_WIDTH = 32;
const AMOUNT_WIDTH = 14;
const TAGS = ["number", "booking", "tax", "total"];

/** Read by hledger and ledger alike: plain text, UTF-8. */
export const journal: JournalFormat = {
  ending: "journal",
  account: (name) => name,
  declareAccount: (name) => `account ${name}`,
  declareCurrency: (code) => `commodity ${code}\n  format ${sample(code)}`,
  declareTags: () => TAGS.map((name) => `tag ${name}`).join("\n"),
  declareParties: (codes) => codes.map((code) => `payee ${plain(code)}`).join("\n"),
  entry({ on, number, party, text, lines, note, totalMinor: amountMinor, currency }) {
    const name = nameInBooks(number);
    const tags = [
      `number: ${name}`,
      `booking: ${bookingOf(name)}`,
      `total: ${formatAmount({ amountMinor, currency })}`,
      ...(note === undefined ? [] : [plain(note).replaceAll(":", " -")]),
    ];
    return [
      `${on} * (${name}) ${plain(party)} | ${plain(text)}`,
      ...tags.map((tag) => `    ; ${tag}`),
      ...columns(lines, (line) => `${currency} ${amountOf(line, currency)}`).map(
        (line, index) => `    ${line}${remarkOf(lines[index])}`,
      ),
    ].join("\n");
  },
  include: (file) => `include ${file}`,
};

function remarkOf(line: PostingLine | undefined): string {
  if (line?.remark === undefined) return "";
  return `  ; ${plain(line.remark).replace("tax ", "tax: ")}`;
}

/** Names of accounts and tags follow other rules there; what is said is the same. */
export const beancount: JournalFormat = {
  ending: "beancount",
  account: (name) => name.split(":").map(beanName).join(":"),
  declareAccount: (name) => `1970-01-01 open ${beancount.account(name)}`,
  declareCurrency: (code) => `1970-01-01 commodity ${code}`,
  declareTags: () => "",
  declareParties: () => "",
  entry({ on, number, party, text, lines, note, totalMinor: amountMinor, currency }) {
    const quoted = (value: string) => `"${plain(value).replaceAll(/["\\]/g, "'")}"`;
    const name = nameInBooks(number);
    const named = lines.map((line) => ({ ...line, account: beancount.account(line.account) }));
    return [
      `${on} * ${quoted(party)} ${quoted(text)}`,
      `  number: "${name}"`,
      `  booking: "${bookingOf(name)}"`,
      `  total: "${formatAmount({ amountMinor, currency })}"`,
      ...(note === undefined ? [] : [`  note: ${quoted(note)}`]),
      ...columns(named, (line) => `${amountOf(line, currency)} ${currency}`).map(
        (line) => `  ${line}`,
      ),
    ].join("\n");
  },
  include: (file) => `include "${file}"`,
};

function beanName(part: string): string {
  const plainPart = part.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-+|-+$/g, "");
  return plainPart.charAt(0).toUpperCase() + plainPart.slice(1);
}

/** Amounts one below the other, as people write journals. */
function columns(
  lines: readonly PostingLine[],
  wordsOf: (line: PostingLine) => string,
): readonly string[] {
  const words = lines.map(wordsOf);
  const width = Math.max(AMOUNT_WIDTH, ...words.map(({ length }) => length));
  return lines.map(
    ({ account }, index) =>
      `${account.padEnd(ACCOUNT_WIDTH)}  ${(words[index] ?? "").padStart(width)}`,
  );
}

function amountOf({ amountMinor }: PostingLine, currency: string): string {
  return formatAmount({ amountMinor, currency });
}

/** `fjord/1201` of `fjord/1201/invoice:1` */
export function bookingOf(number: string): string {
  return number.slice(0, number.lastIndexOf("/"));
}

/**
 * A number as it stands in the books: what would end a tag, a code or a text is written as in
 * addresses of web pages, so that two bookings never have one name.
 */
export function nameInBooks(number: string): string {
  return number.replaceAll(/[^\p{L}\p{M}\p{N}/:._+@-]/gu, (sign) =>
    [...Buffer.from(sign)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""),
  );
}

/** What would end a line or begin another part of it, or turn its order round, cannot come from a guest. */
function plain(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .replaceAll(/[;|()]/g, ",")
    .replaceAll(/\s+/g, " ")
    .trim();
}

function sample(currency: string): string {
  const places = decimalsOf(currency);
  return `${currency} 1000.${"0".repeat(places)}`;
}
