import { z } from "zod";

import { checkContext } from "#sdk/testing";

import { Tryton, type Values } from "../client.ts";
import { TrytonConfig } from "../config.ts";
import { bytes, date, decimal } from "../wire.ts";

/** What a bookkeeper would do by hand before Bellhop comes, on an empty database. */

export const BELLHOP_PASSWORD = "bellhop-pw-456";

const FIRST_YEAR = 2025;
const LAST_YEAR = 2029;
const ROW = { id: z.int() };

/** Accounts beside those of the minimal chart, with the type that each needs. */
const ACCOUNTS: readonly { name: string; code: string; type: string; isPersonal?: boolean }[] = [
  { name: "Deferred Revenue", code: "2200", type: "Current" },
  { name: "Payment Fees", code: "6270", type: "Expense" },
  { name: "Commission Given", code: "7090", type: "Revenue" },
  { name: "Rounding", code: "7580", type: "Revenue" },
  { name: "Exchange Differences", code: "7660", type: "Revenue" },
  { name: "Damage Deposits", code: "2300", type: "Deposit" },
  { name: "Gift Certificates", code: "2310", type: "Deposit" },
  { name: "Card Clearing", code: "5120", type: "Cash" },
];

/** A conversation of a user, at work in no company. */
export function connect(url: string, user: string, password: string): Tryton {
  const config = TrytonConfig.parse({ url, database: "bellhop", user, password });
  return new Tryton(checkContext(config));
}

export async function setUp(url: string, adminPassword: string): Promise<void> {
  const free = connect(url, "admin", adminPassword);
  const euro = await createCurrencies(free);
  const party = await free.create("party.party", { name: "Fjord Walks AS" });
  const company = await free.create("company.company", { party, currency: euro });
  const [admin] = await free.searchRead("res.user", [["login", "=", "admin"]], ROW);
  const own = { companies: [["add", [company]]], company };
  await free.write("res.user", [admin?.id ?? 0], own);
  const tryton = free.within({ company });
  await createChart(tryton, company);
  await createAccounts(tryton, company);
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year += 1) {
    await createYear(tryton, company, String(year));
  }
  await createTaxes(tryton, company);
  await createTerms(tryton);
  await createUsers(tryton, company);
  await simplifyPrint(tryton);
}

async function createCurrencies(tryton: Tryton): Promise<number> {
  const currencies = [
    { code: "USD", digits: 2, rates: { "2025-01-01": "1.10", "2026-06-01": "1.25" } },
    { code: "JPY", digits: 0, rates: { "2025-01-01": "160" } },
    { code: "KWD", digits: 3, rates: { "2025-01-01": "0.33" } },
    { code: "EUR", digits: 2, rates: { "2025-01-01": "1" } },
  ];
  let last = 0;
  for (const { code, digits, rates } of currencies) {
    const rounding = decimal(digits === 0 ? "1" : `0.${"1".padStart(digits, "0")}`);
    const rows = Object.entries(rates).map(([day, rate]) => ({
      date: date(day),
      rate: decimal(rate),
    }));
    const values = { name: code, code, symbol: code, rounding, digits };
    last = await tryton.create("currency.currency", { ...values, rates: [["create", rows]] });
  }
  return last;
}

async function createChart(tryton: Tryton, company: number): Promise<void> {
  const chart = await one(tryton, "account.account.template", [
    ["parent", "=", null],
    ["name", "=", "Minimal Account Chart"],
  ]);
  await tryton.converse("account.create_chart", async (execute) => {
    await execute("account", {});
    await execute("create_account", { account: { company, account_template: chart } });
    const account = (name: string) => one(tryton, "account.account", [["name", "=", name]]);
    const properties = {
      company,
      account_receivable: await account("Main Receivable"),
      account_payable: await account("Main Payable"),
    };
    await execute("create_properties", { properties });
  });
}

async function createAccounts(tryton: Tryton, company: number): Promise<void> {
  const parent = await one(tryton, "account.account", [["parent", "=", null]]);
  for (const { name, code, type } of ACCOUNTS) {
    const under = type === "Current" ? [["parent.name", "=", "Liability"]] : [];
    const typeId = await one(tryton, "account.account.type", [["name", "=", type], ...under]);
    await tryton.create("account.account", { name, code, type: typeId, parent, company });
  }
  const deposit = await one(tryton, "account.account", [["name", "=", "Deposit"]]);
  await tryton.write("account.account", [deposit], { party_required: true, reconcile: true });
}

async function createYear(tryton: Tryton, company: number, year: string): Promise<void> {
  const type = (name: string) => one(tryton, "ir.sequence.type", [["name", "=", name]]);
  const sequence = async (model: string, name: string, kind: string, prefix: string) =>
    tryton.create(model, {
      name: `${name} ${year}`,
      sequence_type: await type(kind),
      prefix,
      company,
    });
  const moves = await sequence("ir.sequence", "Moves", "Account Move", "");
  const strict = (name: string, prefix: string) =>
    sequence("ir.sequence.strict", name, "Invoice", prefix);
  const invoices = await strict("Invoices", `INV-${year}-`);
  const notes = await strict("Credit notes", `CN-${year}-`);
  const values = {
    company,
    out_invoice_sequence: invoices,
    out_credit_note_sequence: notes,
    in_invoice_sequence: invoices,
    in_credit_note_sequence: notes,
  };
  const fiscalYear = await tryton.create("account.fiscalyear", {
    name: year,
    company,
    start_date: date(`${year}-01-01`),
    end_date: date(`${year}-12-31`),
    post_move_sequence: moves,
    invoice_sequences: [["create", [values]]],
  });
  await tryton.press("account.fiscalyear", "create_period", [fiscalYear]);
}

async function createTaxes(tryton: Tryton, company: number): Promise<void> {
  for (const percent of ["0", "10", "12", "21", "25"]) await createTax(tryton, company, percent);
}

/** @returns its name: `VAT 21%` */
export async function createTax(tryton: Tryton, company: number, percent: string): Promise<string> {
  const account = await one(tryton, "account.account", [["name", "=", "Main Tax"]]);
  const name = percent === "0" ? "VAT exempt" : `VAT ${percent}%`;
  await tryton.create("account.tax", {
    ...{ name, description: name, company },
    ...{ type: "percentage", rate: decimal(String(Number(percent) / 100)) },
    ...{ invoice_account: account, credit_note_account: account },
  });
  return name;
}

async function createTerms(tryton: Tryton): Promise<void> {
  const lines = [["create", [{ type: "remainder" }]]];
  await tryton.create("account.invoice.payment_term", { name: "At once", lines });
}

/** With the rights that the README asks for, and none besides: one for the books, one for contacts too. */
async function createUsers(tryton: Tryton, company: number): Promise<void> {
  await createUser(tryton, company, { login: "bellhop", groups: ["Account"] });
  const party = await tryton.create("party.party", { name: "Front Desk" });
  const employee = await tryton.create("company.employee", { party, company });
  await createUser(tryton, company, {
    ...{ login: "frontdesk", groups: ["Account", "Party Administration", "Sale Opportunity"] },
    own: { employees: [["add", [employee]]], employee },
  });
}

async function createUser(
  tryton: Tryton,
  company: number,
  { login, groups, own = {} }: { login: string; groups: readonly string[]; own?: Values },
): Promise<void> {
  const ids: number[] = [];
  for (const group of groups) ids.push(await one(tryton, "res.group", [["name", "=", group]]));
  await tryton.create("res.user", {
    ...{ name: login, login, password: BELLHOP_PASSWORD },
    ...{ groups: [["add", ids]], companies: [["add", [company]]], company, ...own },
  });
}

/** Every invoice is printed when it is posted, which takes longer than all the rest of it. */
async function simplifyPrint(tryton: Tryton): Promise<void> {
  const print = await one(tryton, "ir.action.report", [["report_name", "=", "account.invoice"]]);
  await tryton.write("ir.action.report", [print], {
    ...{ template_extension: "txt", extension: "txt" },
    report_content_custom: bytes(Buffer.from("Invoice")),
  });
}

async function one(tryton: Tryton, model: string, domain: readonly unknown[]): Promise<number> {
  const [row] = await tryton.searchRead(model, domain, ROW);
  if (row === undefined) throw new Error(`no ${model} for ${JSON.stringify(domain)}`);
  return row.id;
}
