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
  /** At the head of a month: who is in it. */
  declareParties(codes: readonly string[]): string;
  entry(entry: JournalEntry): string;
  include(file: string): string;
}

const TAGS = ["number", "booking", "customer", "tax", "total"];

/** Read by hledger and ledger alike: plain text, UTF-8. */
export const journal: JournalFormat = {
  ending: "journal",
  account: (name) => name,
  declareAccount: (name) => `account ${name}`,
  declareCurrency: (code) => `commodity ${code}\n  format ${sample(code)}`,
  declareParties: (codes) =>
    [...TAGS.map((name) => `tag ${name}`), ...codes.map((code) => `payee ${plain(code)}`)].join(
      "\n",
    ),
  entry({ on, number, party, text, lines, note, totalMinor: amountMinor, currency }) {
    const tags = [
      `number: ${number}`,
      `booking: ${bookingOf(number)}`,
      `customer: ${party}`,
      `total: ${formatAmount({ amountMinor, currency })}`,
      ...(note === undefined ? [] : [plain(note).replaceAll(":", " -")]),
    ];
    return [
      `${on} * (${plain(number)}) ${plain(party)} | ${plain(text)}`,
      ...tags.map((tag) => `    ; ${plain(tag)}`),
      ...lines.map((line) => `    ${journalLine(line, currency)}`),
    ].join("\n");
  },
  include: (file) => `include ${file}`,
};

function journalLine({ account, amountMinor, remark }: PostingLine, currency: string): string {
  const amount = `${currency} ${formatAmount({ amountMinor, currency })}`;
  const comment = remark === undefined ? "" : `  ; ${plain(remark).replace("tax ", "tax: ")}`;
  return `${account.padEnd(32)}  ${amount}${comment}`;
}

/** Names of accounts and tags follow other rules there; what is said is the same. */
export const beancount: JournalFormat = {
  ending: "beancount",
  account: (name) => name.split(":").map(beanName).join(":"),
  declareAccount: (name) => `1970-01-01 open ${beancount.account(name)}`,
  declareCurrency: (code) => `1970-01-01 commodity ${code}`,
  declareParties: () => "",
  entry({ on, number, party, text, lines, note, totalMinor: amountMinor, currency }) {
    const quoted = (value: string) => `"${plain(value).replaceAll(/["\\]/g, "'")}"`;
    return [
      `${on} * ${quoted(party)} ${quoted(text)}`,
      `  number: ${quoted(number)}`,
      `  booking: ${quoted(bookingOf(number))}`,
      `  total: ${quoted(formatAmount({ amountMinor, currency }))}`,
      ...(note === undefined ? [] : [`  note: ${quoted(note)}`]),
      ...lines.map(
        ({ account, amountMinor }) =>
          `  ${beancount.account(account).padEnd(32)}  ${formatAmount({ amountMinor, currency })} ${currency}`,
      ),
    ].join("\n");
  },
  include: (file) => `include "${file}"`,
};

function beanName(part: string): string {
  const plainPart = part.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-+|-+$/g, "");
  return plainPart.charAt(0).toUpperCase() + plainPart.slice(1);
}

/** `fjord/1201` of `fjord/1201/invoice:1` */
export function bookingOf(number: string): string {
  return number.slice(0, number.lastIndexOf("/"));
}

/** What would end a line or begin another part of it cannot come from a guest. */
function plain(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/[;|()]/g, ",")
    .trim();
}

function sample(currency: string): string {
  const places = decimalsOf(currency);
  return `${currency} 1000.${"0".repeat(places)}`;
}
