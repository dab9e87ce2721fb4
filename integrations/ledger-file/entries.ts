import type { AccountingDocument, AccountRole } from "#sdk/accounting";

import type { LedgerFileConfig } from "./config.ts";

/** One line of an entry: what is added to an account, in minor units; negative: credit. */
export interface PostingLine {
  account: string;
  amountMinor: number;
  /** `tax standard 21%` */
  remark?: string;
}

/** What the books show of one document. */
export interface JournalEntry {
  on: string;
  currency: string;
  /** `fjord/1201/invoice:1` */
  number: string;
  /** Code of the customer. */
  party: string;
  /** `Invoice 1: Fjord walk, 2026-03-14, booking 1201` */
  text: string;
  kind: AccountingDocument["kind"];
  totalMinor: number;
  note?: string;
  lines: PostingLine[];
}

type Accounts = LedgerFileConfig["accounts"];
type Role = Exclude<AccountRole, "clearing">;

/** The double entry of a document. Its lines add up to zero. */
export function linesOf(document: AccountingDocument, accounts: Accounts): PostingLine[] {
  const { totalMinor } = document;
  const at = (role: Role, amountMinor: number) => ({ account: accounts[role], amountMinor });
  const clear = (method: string | undefined, amountMinor: number) => ({
    account: clearingOf(method, accounts),
    amountMinor,
  });
  switch (document.kind) {
    case "invoice":
      return [at("receivable", totalMinor), ...soldLines(document.lines, accounts, -1)];
    case "credit_note":
      return [at("receivable", -totalMinor), ...soldLines(document.lines, accounts, 1)];
    case "payment":
      return [clear(document.method, totalMinor), at("receivable", -totalMinor)];
    case "deposit":
      return [clear(document.method, totalMinor), at("prepayments", -totalMinor)];
    case "refund":
      return [at(holder(document.from), totalMinor), clear(document.method, -totalMinor)];
    case "application":
      return [at(holder(document.from), totalMinor), at("receivable", -totalMinor)];
    case "deferral":
      return [at("revenue", totalMinor), at("deferred", -totalMinor)];
    case "fee":
      return [at("fees", totalMinor), clear(document.method, -totalMinor)];
    case "write_off":
      return [at("rounding", totalMinor), at("receivable", -totalMinor)];
    case "takings":
      return [
        ...document.lines.map(({ method, grossMinor }) => clear(method, grossMinor)),
        ...soldLines(document.lines, accounts, -1),
      ];
  }
}

/** Deposits are held apart; what a credit note gives back is owed on the account of the guest. */
function holder(key: string): "prepayments" | "receivable" {
  return key.startsWith("deposit") ? "prepayments" : "receivable";
}

export function clearingOf(method: string | undefined, { clearing }: Accounts): string {
  const named = method === undefined ? undefined : clearing[method];
  return named ?? clearing.default;
}

function soldLines(
  lines: Extract<AccountingDocument, { lines: unknown }>["lines"],
  accounts: Accounts,
  sign: 1 | -1,
): PostingLine[] {
  return lines.flatMap(({ role, grossMinor, taxMinor, taxCode, ratePercent }) => {
    const rate = ratePercent === undefined ? "" : ` ${ratePercent}%`;
    const remark = taxCode === undefined ? {} : { remark: `tax ${taxCode}${rate}` };
    const net = { account: accounts[role], amountMinor: sign * (grossMinor - taxMinor), ...remark };
    const tax = { account: accounts.tax, amountMinor: sign * taxMinor, ...remark };
    return taxMinor === 0 ? [net] : [net, tax];
  });
}
