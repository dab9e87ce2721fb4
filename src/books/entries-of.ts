import type { AccountingDocument, AccountRole } from "../sdk/accounting/document.ts";

type Entry = [role: AccountRole, amountMinor: number];

/** What documents do to the accounts: debit less credit, in minor units. */
export function balancesOf(
  documents: readonly AccountingDocument[],
): Partial<Record<AccountRole, number>> {
  const sums: Partial<Record<AccountRole, number>> = {};
  for (const [role, amountMinor] of documents.flatMap(entriesOf)) {
    sums[role] = (sums[role] ?? 0) + amountMinor;
  }
  return sums;
}

function entriesOf(document: AccountingDocument): Entry[] {
  const { totalMinor } = document;
  switch (document.kind) {
    case "invoice":
      return [["receivable", totalMinor], ...soldEntries(document, -1)];
    case "credit_note":
      return [["receivable", -totalMinor], ...soldEntries(document, 1)];
    case "payment":
      return moved("clearing", "receivable", totalMinor);
    case "deposit":
      return moved("clearing", "prepayments", totalMinor);
    case "refund":
      return moved(holder(document.from), "clearing", totalMinor);
    case "application":
      return moved(holder(document.from), "receivable", totalMinor);
    case "deferral":
      return moved("revenue", "deferred", totalMinor);
    case "fee":
      return moved("fees", "clearing", totalMinor);
    case "write_off":
      return moved("rounding", "receivable", totalMinor);
    case "takings":
      return [["clearing", totalMinor], ...soldEntries(document, -1)];
  }
}

function moved(debit: AccountRole, credit: AccountRole, amountMinor: number): Entry[] {
  return [
    [debit, amountMinor],
    [credit, -amountMinor],
  ];
}

/** Deposits are held apart; what a credit note gives back is owed on the account of the guest. */
function holder(key: string): AccountRole {
  return key.startsWith("deposit") ? "prepayments" : "receivable";
}

function soldEntries(
  { lines }: Extract<AccountingDocument, { lines: unknown }>,
  sign: 1 | -1,
): Entry[] {
  return lines.flatMap(({ role, grossMinor, taxMinor }): Entry[] => [
    [role, sign * (grossMinor - taxMinor)],
    ["tax", sign * taxMinor],
  ]);
}
