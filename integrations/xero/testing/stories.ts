import type { Party } from "#sdk/accounting";

import {
  APPLICATION,
  CREDIT_NOTE,
  DEPOSIT,
  type Given,
  INVOICE,
  Office,
  PAYMENT,
} from "../testing.ts";

const REFUND = { kind: "refund", method: "card", paymentId: "r" } as const;
const LINES = INVOICE.lines.map((line) => ({ ...line, method: "cash" }));
const OTHER: Party = { code: "fjord-cust-vik", kind: "guest", name: "Ola Vik" };

/** What comes before, and the document that is broken off. */
export const STORIES: Readonly<Record<string, Given[]>> = {
  invoice: [INVOICE],
  "invoice with a rounding line": [INVOICE],
  credit_note: [INVOICE, CREDIT_NOTE],
  payment: [INVOICE, PAYMENT],
  deposit: [DEPOSIT],
  "application of a deposit": [DEPOSIT, INVOICE, APPLICATION],
  "application of a credit note": [
    ...[INVOICE, CREDIT_NOTE],
    { ...APPLICATION, from: "credit_note:1", totalMinor: 18_000 },
  ],
  "second application of one amount": [
    { ...DEPOSIT, totalMinor: 10_000 },
    INVOICE,
    APPLICATION,
    { ...APPLICATION, key: "application:2" },
  ],
  "application to another guest's invoice": [
    DEPOSIT,
    { ...INVOICE, party: OTHER.code },
    { ...APPLICATION, fromParty: "fjord-cust-berg", party: OTHER.code },
  ],
  "refund of a deposit": [
    DEPOSIT,
    { ...REFUND, key: "refund:1", from: "deposit:1", totalMinor: 5_000 },
  ],
  "refund of a paid invoice": [
    ...[INVOICE, PAYMENT],
    { ...REFUND, key: "refund:1", from: "invoice:1", totalMinor: 18_000 },
  ],
  "payment of what was opened again": [
    ...[INVOICE, { ...PAYMENT, totalMinor: 9_000 }],
    { ...REFUND, key: "refund:1", from: "invoice:1", totalMinor: 6_000 },
    { ...PAYMENT, key: "payment:2", totalMinor: 15_000 },
  ],
  deferral: [INVOICE, { kind: "deferral", key: "deferral:1", of: "invoice:1", totalMinor: 14_400 }],
  fee: [DEPOSIT, { kind: "fee", key: "fee:1", of: "deposit:1", method: "card", totalMinor: 70 }],
  write_off: [
    ...[INVOICE, { ...PAYMENT, totalMinor: 17_998 }],
    { kind: "write_off", key: "write_off:1", to: "invoice:1", totalMinor: 2 },
  ],
  takings: [
    {
      ...{ kind: "takings", key: "takings:fjord:2026-03-02:EUR:1", totalMinor: 36_000 },
      lines: [...LINES, ...LINES.map((line) => ({ ...line, method: "card" }))],
    },
  ],
};

/** Posts all but the last document of a story. */
export async function begin(
  title: string,
): Promise<{ office: Office; last: () => Promise<unknown> }> {
  const documents = STORIES[title] ?? [];
  const office = new Office();
  if (title.includes("rounding")) office.fake.books.offBy = 0.01;
  let tries = 0;
  const post = (document: Given, mayExist: boolean) =>
    office.post(document, { mayExist, ...(document.party === OTHER.code && { party: OTHER }) });
  for (const document of documents.slice(0, -1)) await post(document, false);
  const [last] = documents.slice(-1);
  if (!last) throw new Error(`no story ${title}`);
  return { office, last: () => post(last, tries++ > 0) };
}
