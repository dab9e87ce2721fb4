import { z } from "zod";

import type { AccountRole, BooksDocument, BooksView, DocumentKind } from "#sdk/accounting";

import { debitLessCredit } from "./claim.ts";
import type { Desk, SingleRole } from "./desk.ts";
import { asDecimal, asId, escaped, minorOf } from "./wire.ts";

/** What Tryton holds of documents whose number begins with a prefix, and nothing that we remember. */
export async function readBooks(prefix: string, currency: string, desk: Desk): Promise<BooksView> {
  const roles = await rolesOfAccounts(desk);
  const invoices = await readInvoices(prefix, currency, desk);
  const moves = await readMoves(prefix, desk);
  const ids = [...moves.map(({ id }) => id), ...invoices.flatMap(({ move }) => move ?? [])];
  const lines = await readLines(ids, currency, roles, desk);
  const entries = moves.map((move): BooksDocument => {
    const kind = kindOfNumber(move.number);
    const own = lines.filter((line) => line.move === move.id);
    return { number: move.number, kind, totalMinor: totalOf(kind, own), ...draftMark(move) };
  });
  const posted = new Set([
    ...moves.filter(({ isDraft }) => !isDraft).map(({ id }) => id),
    ...invoices.filter(({ isDraft }) => !isDraft).flatMap(({ move }) => move ?? []),
  ]);
  return {
    documents: [...invoices.map(documentOf), ...entries],
    balances: balancesOf(lines.filter(({ move }) => posted.has(move))),
  };
}

interface InvoiceFound extends BooksDocument {
  move: number | null;
}

function documentOf({ number, kind, totalMinor, isDraft }: InvoiceFound): BooksDocument {
  return { number, kind, totalMinor, ...draftMark({ isDraft: isDraft === true }) };
}

function draftMark({ isDraft }: { isDraft: boolean }): { isDraft?: true } {
  return isDraft ? { isDraft } : {};
}

const InvoiceRow = {
  reference: z.string(),
  state: z.string(),
  total_amount: asDecimal,
  move: asId.nullable(),
};

async function readInvoices(
  prefix: string,
  currency: string,
  { tryton, company }: Desk,
): Promise<InvoiceFound[]> {
  const domain = [
    ["type", "=", "out"],
    ["company", "=", company.id],
    ["state", "!=", "cancelled"],
    ["reference", "like", `${escaped(prefix)}%`],
  ];
  const rows = await tryton.searchRead("account.invoice", domain, InvoiceRow, {
    order: [["id", "ASC"]],
  });
  return rows
    .filter(({ reference }) => reference.startsWith(prefix))
    .map(({ reference, state, total_amount, move }) => ({
      number: reference,
      kind: kindOfNumber(reference),
      totalMinor: Math.abs(minorOf(total_amount, currency)),
      isDraft: state !== "posted" && state !== "paid",
      move,
    }));
}

async function readMoves(prefix: string, { tryton, company }: Desk) {
  const domain = [
    ["company", "=", company.id],
    ["description", "like", `${escaped(prefix)}%`],
  ];
  const shape = { id: asId, description: z.string(), state: z.string() };
  const rows = await tryton.searchRead("account.move", domain, shape, { order: [["id", "ASC"]] });
  return rows
    .filter(({ description }) => description.startsWith(prefix))
    .map(({ id, description, state }) => ({ id, number: description, isDraft: state === "draft" }));
}

/** `fjord/1201/credit_note:1` */
function kindOfNumber(number: string): DocumentKind {
  const key = number.slice(number.lastIndexOf("/") + 1);
  return key.split(":")[0] as DocumentKind;
}

interface Line {
  move: number;
  role: AccountRole | undefined;
  minor: number;
}

const LineRow = {
  move: asId,
  account: asId,
  debit: asDecimal,
  credit: asDecimal,
  amount_second_currency: asDecimal.nullable(),
  "second_currency.": z.object({ code: z.string() }).nullable(),
};

async function readLines(
  moves: readonly number[],
  currency: string,
  roles: ReadonlyMap<number, AccountRole>,
  { tryton, company }: Desk,
): Promise<Line[]> {
  if (moves.length === 0) return [];
  const rows = await tryton.searchRead("account.move.line", [["move", "in", moves]], LineRow);
  const own = company.currency.code;
  return rows.map((row) => {
    const second = row["second_currency."]?.code === currency ? row.amount_second_currency : null;
    const minor = currency === own ? debitLessCredit(row, own) : minorOf(second ?? "0", currency);
    return { move: row.move, role: roles.get(row.account), minor };
  });
}

/** Which side of an entry tells its total, and with which sign. */
const TOTALS: Partial<Record<DocumentKind, readonly [AccountRole, 1 | -1]>> = {
  payment: ["clearing", 1],
  deposit: ["clearing", 1],
  refund: ["clearing", -1],
  deferral: ["deferred", -1],
  fee: ["fees", 1],
  takings: ["clearing", 1],
};

function totalOf(kind: DocumentKind, lines: readonly Line[]): number {
  const [role, sign] = TOTALS[kind] ?? [];
  if (role !== undefined && sign !== undefined) {
    return sign * sum(lines.filter((line) => line.role === role));
  }
  return sum(lines.filter(({ minor }) => minor > 0));
}

function balancesOf(lines: readonly Line[]): BooksView["balances"] {
  const balances: BooksView["balances"] = {};
  for (const { role, minor } of lines) {
    if (role !== undefined) balances[role] = (balances[role] ?? 0) + minor;
  }
  return balances;
}

function sum(lines: readonly Line[]): number {
  return lines.reduce((total, { minor }) => total + minor, 0);
}

const SINGLE_ROLES: readonly SingleRole[] = [
  ...(["receivable", "prepayments", "revenue", "deferred", "tax", "fees", "commission"] as const),
  ...(["rounding", "damageDeposits", "giftCertificates"] as const),
];

/** What each account that the settings name stands for; the first role counts where it is named twice. */
async function rolesOfAccounts(desk: Desk): Promise<Map<number, AccountRole>> {
  const { accounts, taxNames } = desk.config;
  const roles = new Map<number, AccountRole>();
  const note = (id: number | undefined, role: AccountRole) => {
    if (id !== undefined && !roles.has(id)) roles.set(id, role);
  };
  for (const role of SINGLE_ROLES) {
    if (accounts[role] !== undefined) note((await desk.account(role)).id, role);
  }
  for (const method of Object.keys(accounts.clearing)) {
    note((await desk.clearing(method)).id, "clearing");
  }
  for (const code of Object.keys(taxNames)) {
    const { invoiceAccount, creditNoteAccount } = await desk.tax(code);
    note(invoiceAccount, "tax");
    note(creditNoteAccount, "tax");
  }
  return roles;
}
