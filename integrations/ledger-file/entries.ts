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

const NAMES: Readonly<Record<AccountingDocument["kind"], string>> = {
  invoice: "Invoice",
  credit_note: "Credit note",
  payment: "Payment",
  deposit: "Deposit",
  refund: "Refund",
  application: "Application",
  deferral: "Deferred income",
  fee: "Payment fee",
  write_off: "Write-off",
  takings: "Takings",
};

/** `Invoice 1`, `Deposit 1 used for invoice 2` */
export function wordsOf(document: AccountingDocument): string {
  if (document.kind === "application")
    return `${named(document.from)} used for ${named(document.to).toLowerCase()}`;
  return `${NAMES[document.kind]} ${ordinalOf(document.key)}`;
}

function named(key: string): string {
  const kind = key.slice(0, key.lastIndexOf(":"));
  return `${NAMES[kind as keyof typeof NAMES]} ${ordinalOf(key)}`;
}

function ordinalOf(key: string): string {
  return key.slice(key.lastIndexOf(":") + 1);
}

/** Deposits are held apart; what a credit note gives back is owed on the account of the guest. */
function holder(key: string): "prepayments" | "receivable" {
  return key.startsWith("deposit") ? "prepayments" : "receivable";
}

export function clearingOf(method: string | undefined, { clearing }: Accounts): string {
  const isNamed = method !== undefined && Object.hasOwn(clearing, method);
  return (isNamed ? clearing[method] : undefined) ?? clearing.default;
}

function soldLines(
  lines: Extract<AccountingDocument, { lines: unknown }>["lines"],
  accounts: Accounts,
  sign: 1 | -1,
): PostingLine[] {
  const parts = lines.flatMap(({ role, grossMinor, taxMinor, taxCode, ratePercent }) => {
    const remark = taxCode === undefined ? {} : { remark: taxWords(taxCode, ratePercent) };
    return [
      { account: accounts[role], amountMinor: sign * (grossMinor - taxMinor), ...remark },
      { account: accounts.tax, amountMinor: sign * taxMinor, ...remark },
    ];
  });
  return merged(parts);
}

/** Things that are booked alike are one line. */
function merged(lines: readonly PostingLine[]): PostingLine[] {
  const sums = new Map<string, PostingLine>();
  for (const line of lines) {
    const key = `${line.account}|${line.remark ?? ""}`;
    const amountMinor = (sums.get(key)?.amountMinor ?? 0) + line.amountMinor;
    sums.set(key, { ...line, amountMinor });
  }
  return [...sums.values()].filter(({ amountMinor }) => amountMinor !== 0);
}

/** `tax standard 25%`; of a rate that has no name `tax 12%` */
function taxWords(code: string, rate: string | undefined): string {
  if (rate === undefined) return `tax ${code}`;
  return code === rate ? `tax ${rate}%` : `tax ${code} ${rate}%`;
}
