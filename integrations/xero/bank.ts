import type { Deposit, Fee, Party, Posted, Takings } from "#sdk/accounting";

import { accountCode, checkCurrency, clearingCode } from "./accounts.ts";
import { contactOf } from "./contacts.ts";
import { counts, type Desk, LINKS, posted } from "./desk.ts";
import { lineOf, plainLine } from "./lines.ts";
import { BankTransaction } from "./shapes.ts";
import { is } from "./where.ts";

// Xero has no drafts of these: money that has moved counts at once, also with `documents: draft`.

export interface Movement {
  type: "RECEIVE" | "SPEND" | "RECEIVE-PREPAYMENT" | "RECEIVE-OVERPAYMENT";
  /** Code of the bank account. Other accounts take no such transactions. */
  account: string;
  amounts: "Inclusive" | "NoTax";
  lines: object[];
  /** Who it is from or for; absent: the party of the document. */
  party?: Party;
}

export async function postDeposit(desk: Desk<Deposit>): Promise<Posted> {
  const { config, document, posting } = desk;
  const { currency, method, totalMinor } = document;
  const made = await putBankTransaction(desk, {
    type: "RECEIVE-PREPAYMENT",
    account: clearingCode(config, method, currency),
    amounts: "NoTax",
    // Owed to the guest, so to a liability; a prepayment coded to sales would be income at once.
    lines: [plainLine(posting.title, totalMinor, currency, accountCode(config, "prepayments"))],
  });
  const { PrepaymentID, BankTransactionID } = made;
  return posted(PrepaymentID ?? BankTransactionID, LINKS.bankTransaction(BankTransactionID));
}

/** Out of the bank account that stands for the payment service: journals cannot touch those. */
export async function postFee(desk: Desk<Fee>): Promise<Posted> {
  const { config, document } = desk;
  const { currency, method, of, totalMinor } = document;
  const code = `bellhop-pay-${method}`;
  const { BankTransactionID } = await putBankTransaction(desk, {
    type: "SPEND",
    account: clearingCode(config, method, currency),
    amounts: "NoTax",
    lines: [plainLine(`Fee: ${of}`, totalMinor, currency, accountCode(config, "fees"))],
    party: { code, kind: "agent", name: `${method} (payment service)` },
  });
  return posted(BankTransactionID, LINKS.bankTransaction(BankTransactionID));
}

/** One transaction for each bank account, of what came in and of what went back. */
export async function postTakings(desk: Desk<Takings>): Promise<Posted> {
  const ids: string[] = [];
  for (const { type, account, lines } of movementsOf(desk)) {
    const { currency } = desk.document;
    const made = await putBankTransaction(desk, {
      ...{ type, account, amounts: "Inclusive" },
      lines: lines.map((line) => lineOf(line, currency, desk.config)),
    });
    ids.push(made.BankTransactionID);
  }
  const id = ids[0] ?? desk.number; // a day on which nothing is left over is no document
  return posted(id, LINKS.bankTransaction(id));
}

type TakingsLine = Takings["lines"][number];

interface TakingsMovement {
  type: "RECEIVE" | "SPEND";
  account: string;
  lines: TakingsLine[];
}

function movementsOf({ document, config }: Desk<Takings>): TakingsMovement[] {
  const byAccount = new Map<string, TakingsLine[]>();
  for (const line of document.lines) {
    const account = clearingCode(config, line.method, document.currency);
    byAccount.set(account, [...(byAccount.get(account) ?? []), line]);
  }
  return [...byAccount].flatMap(([account, lines]) => movements(account, lines));
}

/** Xero takes amounts above nothing only; what went back is spent. */
function movements(account: string, lines: TakingsLine[]): TakingsMovement[] {
  const sum = lines.reduce((total, { grossMinor }) => total + grossMinor, 0);
  if (sum > 0) return [{ type: "RECEIVE", account, lines }];
  if (sum < 0) return [{ type: "SPEND", account, lines: lines.map(negated) }];
  const [plus, minus] = [1, -1].map((sign) => lines.filter((line) => line.grossMinor * sign > 0));
  if (!plus || !minus || plus.length === 0) return [];
  return [
    { type: "RECEIVE", account, lines: plus },
    { type: "SPEND", account, lines: minus.map(negated) },
  ];
}

function negated(line: TakingsLine): TakingsLine {
  return { ...line, grossMinor: -line.grossMinor, taxMinor: -line.taxMinor };
}

/** Finds or makes it. Its reference is the document's number; nothing else tells it apart. */
export async function putBankTransaction(
  desk: Desk,
  { type, account, amounts, lines, party }: Movement,
): Promise<BankTransaction> {
  const { client, document, number, posting } = desk;
  if (posting.mayExist) {
    const found = await client.list("BankTransactions", BankTransaction, is("Reference", number));
    const made = found.find(
      (one) => counts(one) && one.Type === type && one.BankAccount.Code === account,
    );
    if (made) return made;
  }
  await checkCurrency(client, desk.config, account, document.currency);
  const body = {
    Type: type,
    Contact: { ContactID: party ? await contactOf(client, party) : await desk.contact() },
    BankAccount: { Code: account },
    Date: document.on,
    Reference: number,
    CurrencyCode: document.currency,
    LineAmountTypes: amounts,
    LineItems: lines,
    Status: "AUTHORISED",
  };
  return client.first(
    {
      ...{ method: "PUT", path: "BankTransactions", query: { summarizeErrors: true, unitdp: 4 } },
      ...{ body: { BankTransactions: [body] }, key: desk.key(`${type} ${account}`) },
    },
    "BankTransactions",
    BankTransaction,
  );
}
