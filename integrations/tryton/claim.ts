import { z } from "zod";

import { PermanentError } from "#sdk";

import { sumOf, type TwoFold } from "./amounts.ts";
import type { Account } from "./books.ts";
import type { Desk } from "./desk.ts";
import { asDay, asDecimal, asId, date, decimal, minorOf } from "./wire.ts";

/**
 * What is still to be settled of an invoice, a credit note or a deposit: its own lines on the
 * receivable (or prepayments) account, and all lines that settle it. Each settling line carries the
 * first own line as its origin, so what belongs together is written in the books themselves and does
 * not depend on which amounts happen to match.
 */
export interface Claim {
  account: Account;
  party?: number;
  invoice?: { id: number; isOpen: boolean; paymentLines: readonly number[] };
  /** `account.move.line,12`: origin of every line that settles it. */
  origin: string;
  /** What it was when it was posted; negative for what we owe. */
  whole: TwoFold;
  lines: readonly ClaimLine[];
}

export interface ClaimLine extends TwoFold {
  id: number;
  /** `YYYY-MM-DD` */
  on: string;
  isOwn: boolean;
  reconciliation?: number;
}

const LineRow = {
  id: asId,
  date: asDay,
  move: asId,
  debit: asDecimal,
  credit: asDecimal,
  amount_second_currency: asDecimal.nullable(),
  second_currency: asId.nullable(),
  reconciliation: asId.nullable(),
};

const InvoiceRow = {
  id: asId,
  state: z.string(),
  move: asId.nullable(),
  account: asId,
  party: asId,
  payment_lines: z.array(asId),
};

/** @param reference `account.invoice,12`, or `account.move,12` of a deposit. */
export async function readClaim(reference: string, currency: string, desk: Desk): Promise<Claim> {
  const [model, id] = reference.split(",");
  return model === "account.invoice"
    ? readInvoiceClaim(Number(id), currency, desk)
    : readDepositClaim(Number(id), currency, desk);
}

async function readInvoiceClaim(id: number, currency: string, desk: Desk): Promise<Claim> {
  const [invoice] = await desk.tryton.read("account.invoice", [id], InvoiceRow);
  if (invoice?.move == null) {
    const state = invoice?.state ?? "gone";
    throw new PermanentError(`invoice ${id} of Tryton is ${state}: post it first`);
  }
  const { move, account, party, payment_lines: paymentLines, state } = invoice;
  const claim = await readLines({ move, account, party }, paymentLines, currency, desk);
  return { ...claim, invoice: { id, isOpen: state === "posted", paymentLines } };
}

const OwnRow = { account: asId, party: asId.nullable() };

/** The one line of a deposit that takes money on is what is owed to the guest. */
async function readDepositClaim(move: number, currency: string, desk: Desk): Promise<Claim> {
  const own = [
    ["move", "=", move],
    ["credit", ">", decimal("0")],
  ];
  const [row] = await desk.tryton.searchRead("account.move.line", own, OwnRow);
  if (row === undefined) throw new PermanentError(`Tryton has no deposit in entry ${move}`);
  return readLines({ move, ...row }, [], currency, desk);
}

interface Owned {
  move: number;
  account: number;
  party: number | null;
}

async function readLines(
  { move, account, party }: Owned,
  linked: readonly number[],
  currency: string,
  desk: Desk,
): Promise<Claim> {
  const known = await desk.accountById(account);
  const owner = known.isPersonal ? party : null;
  const domain = [
    ["account", "=", account],
    ["party", "=", owner],
    [
      "OR",
      ["move", "=", move],
      [
        ["origin.move", "=", move, "account.move.line"],
        ["move_state", "=", "posted"],
      ],
      ["id", "in", linked],
      ["reconciliation.lines.move", "=", move],
    ],
  ];
  const order = [["id", "ASC"]];
  const rows = await desk.tryton.searchRead("account.move.line", domain, LineRow, { order });
  const lines = rows.map((row) => lineOf(row, row.move === move, currency, desk));
  const own = lines.filter(({ isOwn }) => isOwn);
  const [first] = own;
  if (first === undefined) throw new PermanentError("Tryton has no line of what is to be settled");
  return {
    account: known,
    ...(owner !== null && { party: owner }),
    origin: `account.move.line,${first.id}`,
    whole: sumOf(own),
    lines,
  };
}

type Row = z.infer<z.ZodObject<typeof LineRow>>;

function lineOf(row: Row, isOwn: boolean, currency: string, { company }: Desk): ClaimLine {
  const companyMinor = debitLessCredit(row, company.currency.code);
  const second = row.second_currency === null ? "0" : (row.amount_second_currency ?? "0");
  return {
    id: row.id,
    isOwn,
    on: row.date,
    companyMinor,
    minor: currency === company.currency.code ? companyMinor : minorOf(second, currency),
    ...(row.reconciliation !== null && { reconciliation: row.reconciliation }),
  };
}

export function debitLessCredit(row: { debit: string; credit: string }, currency: string): number {
  return minorOf(row.debit, currency) - minorOf(row.credit, currency);
}

/** What is left of it. */
export function openOf({ lines }: Claim): TwoFold {
  return sumOf(lines);
}

/** Takes the lines together when nothing is left, and apart when there is something to pay again. */
export async function reconcile(claim: Claim, { tryton, company }: Desk): Promise<void> {
  const left = openOf(claim).companyMinor;
  const apart = claim.lines.filter(({ reconciliation }) => reconciliation === undefined);
  const together = claim.lines.filter(({ reconciliation }) => reconciliation !== undefined);
  const isOpenAgain = left !== 0 && Math.sign(left) === Math.sign(claim.whole.companyMinor);
  const hasToComeApart = left === 0 && sumOf(apart).companyMinor !== 0;
  if (together.length > 0 && (isOpenAgain || hasToComeApart)) {
    const ids = together.map(({ id }) => id);
    // The wizard, since users of the group Account may not delete a reconciliation themselves.
    await tryton.runWizard("account.move.unreconcile_lines", "account.move.line", ids);
  }
  if (left !== 0 || !claim.account.isReconciled) return;
  if (apart.length > 0) {
    const lines = hasToComeApart ? claim.lines : apart;
    await tryton.create("account.move.reconciliation", {
      company: company.id,
      date: date(lines.map(({ on }) => on).reduce((a, b) => (a > b ? a : b))),
      lines: [["add", lines.map(({ id }) => id)]],
    });
  } else if (claim.invoice?.isOpen) {
    // Tryton was stopped between the reconciliation and what follows from it.
    await tryton.press("account.invoice", "process", [claim.invoice.id]);
  }
}

/** Lets Tryton count what was paid of an invoice that stays open: its "amount to pay". */
export async function linkPayments(claim: Claim, { tryton }: Desk): Promise<void> {
  const { invoice, whole } = claim;
  const left = openOf(claim);
  const sign = Math.sign(whole.companyMinor);
  if (!invoice?.isOpen || left.companyMinor === 0 || Math.sign(left.companyMinor) !== sign) return;
  const payments = paymentsToLink(claim, invoice.paymentLines);
  if (payments.length === 0) return;
  await tryton.write("account.invoice", [invoice.id], { payment_lines: [["add", payments]] });
}

/**
 * Money that is given back cannot be linked, so what was paid after that may be more than the invoice:
 * Tryton refuses to link that. It settles the invoice all the same.
 */
function paymentsToLink({ whole, lines }: Claim, linked: readonly number[]): number[] {
  const sign = Math.sign(whole.companyMinor);
  const isLinked = ({ id }: ClaimLine) => linked.includes(id);
  let room = sign * (whole.minor + sumOf(lines.filter(isLinked)).minor);
  return lines
    .filter((line) => !line.isOwn && line.reconciliation === undefined && !isLinked(line))
    .filter((line) => Math.sign(line.companyMinor) === -sign)
    .filter(({ minor }) => {
      const fits = room >= -sign * minor;
      if (fits) room += sign * minor;
      return fits;
    })
    .map(({ id }) => id);
}
