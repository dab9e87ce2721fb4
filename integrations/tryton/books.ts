import { z } from "zod";

import { ConfigurationError, decimalsOf, PermanentError } from "#sdk";

import type { Domain, Tryton } from "./client.ts";
import { asBoolean, asDecimal, asId } from "./wire.ts";

/** What the settings name, as records of Tryton. Read when it is needed and kept for a while. */

export interface Account {
  id: number;
  name: string;
  /** Lines on it must name a party; on others they must not. */
  isPersonal: boolean;
  /** Its lines can be set off against each other. */
  isReconciled: boolean;
}

export interface Tax {
  id: number;
  name: string;
  /** `0.21`; absent where the tax is made of several. */
  rate?: string;
  invoiceAccount?: number;
  creditNoteAccount?: number;
}

export interface Currency {
  id: number;
  code: string;
}

export interface Company {
  id: number;
  name: string;
  currency: Currency;
}

const CompanyRow = {
  id: asId,
  rec_name: z.string(),
  "currency.": z.object({ id: asId, code: z.string() }),
};

/** @throws ConfigurationError when there is no such company, or several and none is named. */
export async function readCompany(tryton: Tryton): Promise<Company> {
  const wanted = tryton.context.config.company;
  const companies = await tryton.searchRead("company.company", [], CompanyRow);
  const fitting = companies.filter((row) => {
    return wanted === undefined || row.id === wanted || row.rec_name === wanted;
  });
  const [company] = fitting;
  if (company === undefined || fitting.length > 1) {
    const names = companies.map(({ rec_name }) => `"${rec_name}"`).join(", ") || "none";
    throw new ConfigurationError(
      `settings.company: ${wanted === undefined ? "say which one" : `no company "${wanted}"`}; ` +
        `the user's are: ${names}`,
    );
  }
  return { id: company.id, name: company.rec_name, currency: company["currency."] };
}

const AccountRow = {
  id: asId,
  code: z.string().nullable(),
  name: z.string(),
  party_required: asBoolean,
  reconcile: asBoolean,
};

/** Accounts that can be posted to. */
export const POSTABLE: Domain = [
  ["type", "!=", null],
  ["closed", "!=", true],
];

/** @param setting Where it is named, for the message: `accounts.receivable`. */
export async function readAccount(
  tryton: Tryton,
  wanted: string,
  setting: string,
): Promise<Account> {
  const domain = [...POSTABLE, ["OR", ["code", "=", wanted], ["name", "=", wanted]]];
  const rows = await tryton.searchRead("account.account", domain, AccountRow);
  return accountOf(only(rows, wanted, setting, "account"));
}

export async function readAccountById(tryton: Tryton, id: number): Promise<Account> {
  const [row] = await tryton.read("account.account", [id], AccountRow);
  if (row === undefined) throw new PermanentError(`account ${id} of Tryton is gone`);
  return accountOf(row);
}

function accountOf(row: z.infer<z.ZodObject<typeof AccountRow>>): Account {
  return {
    id: row.id,
    name: row.name,
    isPersonal: row.party_required,
    isReconciled: row.reconcile,
  };
}

const TaxRow = {
  id: asId,
  name: z.string(),
  rate: asDecimal.nullable(),
  invoice_account: asId.nullable(),
  credit_note_account: asId.nullable(),
};

export async function readTax(tryton: Tryton, wanted: string, setting: string): Promise<Tax> {
  const domain = [
    ["name", "=", wanted],
    ["parent", "=", null],
  ];
  const rows = await tryton.searchRead("account.tax", domain, TaxRow);
  const row = only(rows, wanted, setting, "tax");
  return {
    id: row.id,
    name: row.name,
    ...(row.rate !== null && { rate: row.rate }),
    ...(row.invoice_account !== null && { invoiceAccount: row.invoice_account }),
    ...(row.credit_note_account !== null && { creditNoteAccount: row.credit_note_account }),
  };
}

export async function readJournal(
  tryton: Tryton,
  wanted: string,
  setting: string,
): Promise<number> {
  const domain = ["OR", ["code", "=", wanted], ["name", "=", wanted]];
  const rows = await tryton.searchRead("account.journal", domain, { id: asId });
  return only(rows, wanted, setting, "journal").id;
}

export async function readPaymentTerm(tryton: Tryton, wanted: string): Promise<number> {
  const domain = [["name", "=", wanted]];
  const rows = await tryton.searchRead("account.invoice.payment_term", domain, { id: asId });
  return only(rows, wanted, "paymentTerm", "payment term").id;
}

/** @throws ConfigurationError when Tryton does not know it, or counts its decimals otherwise. */
export async function readCurrency(tryton: Tryton, code: string): Promise<Currency> {
  const shape = { id: asId, code: z.string(), digits: z.int() };
  const [row] = await tryton.searchRead("currency.currency", [["code", "=", code]], shape);
  if (row === undefined) {
    throw new ConfigurationError(`Tryton has no currency ${code}: make it there, with its rates`);
  }
  if (row.digits !== decimalsOf(code)) {
    throw new ConfigurationError(
      `Tryton counts ${row.digits} decimals for ${code}, the standard says ${decimalsOf(code)}: ` +
        "put the currency right there",
    );
  }
  return { id: row.id, code };
}

function only<Row>(rows: readonly Row[], wanted: string, setting: string, what: string): Row {
  const [row, ...others] = rows;
  if (row !== undefined && others.length === 0) return row;
  const problem = row === undefined ? "Tryton has no" : "Tryton has more than one";
  throw new ConfigurationError(`settings.${setting}: ${problem} ${what} "${wanted}"`);
}
