import { closest } from "fastest-levenshtein";
import { z } from "zod";

import { ConfigurationError, decimalsOf, type CheckContext } from "#sdk";

import { POSTABLE } from "./books.ts";
import type { Tryton } from "./client.ts";
import type { TrytonConfig } from "./config.ts";
import { contactProblems, contactSilences } from "./crm/check.ts";
import { forgetReadings, openDesk, type Desk, type Journal, type SingleRole } from "./desk.ts";
import { openPeriod } from "./periods.ts";
import { problemOf } from "./problem-of.ts";
import { allowLogin } from "./session.ts";
import { asBoolean, asDecimal, asId } from "./wire.ts";

type Context = Pick<CheckContext<TrytonConfig>, "config" | "log" | "http" | "clock" | "signal">;

/**
 * Tries every setting against Tryton. All that is wrong is named at once, each with the names that
 * exist there.
 */
export async function check(context: Context): Promise<string> {
  // Somebody is at it now: what was refused or read before says nothing any more.
  allowLogin(context);
  forgetReadings();
  const desk = await openDesk(context);
  const { books, contacts, deals, taxNames } = desk.config;
  const problems = [
    ...(books ? await booksProblems(desk, today(context)) : []),
    ...(contacts ? await contactProblems(desk) : []),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems.join("; "));
  return [
    `company "${desk.company.name}" (${desk.company.currency.code})`,
    ...(books ? [`${Object.keys(taxNames).length} taxes`, ...silences(desk.config)] : []),
    ...(contacts ? [`parties${deals ? " and opportunities" : ""}`, ...contactSilences(desk)] : []),
  ].join(", ");
}

async function booksProblems(desk: Desk, day: string): Promise<string[]> {
  return [
    ...(await accountProblems(desk)),
    ...(await taxProblems(desk)),
    ...(await journalProblems(desk)),
    ...(await currencyProblems(desk)),
    ...(await problemOf(() => desk.paymentTerm())),
    ...(await problemOf(() => openPeriod(day, desk.tryton))),
  ];
}

function today({ clock }: Context): string {
  return new Date(clock.now()).toISOString().slice(0, 10);
}

/** Roles that have to be of a kind that Tryton takes in invoices of customers. */
const ON_INVOICES: readonly SingleRole[] = [
  ...(["revenue", "commission", "rounding", "damageDeposits", "giftCertificates"] as const),
];

const OTHERS: readonly SingleRole[] = ["receivable", "prepayments", "tax", "deferred", "fees"];

const TypeRow = {
  id: asId,
  party_required: asBoolean,
  reconcile: asBoolean,
  "type.": z.object({ receivable: asBoolean, revenue: asBoolean, deposit: asBoolean }),
};

async function accountProblems(desk: Desk): Promise<string[]> {
  const { accounts } = desk.config;
  const named = [...ON_INVOICES, ...OTHERS].filter((role) => accounts[role] !== undefined);
  const exchange = accounts.exchange === undefined ? [] : [() => desk.exchange()];
  const readings = [
    ...named.map((role) => () => desk.account(role)),
    ...Object.keys(accounts.clearing).map((method) => () => desk.clearing(method)),
    ...exchange,
  ];
  const problems = await allProblems(readings);
  if (problems.length > 0) return hinted(problems, await accountNames(desk.tryton));
  const kinds = await Promise.all(named.map((role) => kindProblem(role, desk)));
  return kinds.flat();
}

async function kindProblem(role: SingleRole, desk: Desk): Promise<string[]> {
  const { id, name } = await desk.account(role);
  const [row] = await desk.tryton.read("account.account", [id], TypeRow);
  if (row === undefined) return [];
  const { receivable, revenue, deposit } = row["type."];
  const say = (what: string) => [`settings.accounts.${role}: "${name}" ${what}`];
  if (role === "receivable") {
    if (!receivable) return say("is of a type without the mark Receivable");
    if (!row.party_required || !row.reconcile)
      return say("needs the marks Party Required, Reconcile");
  }
  if (ON_INVOICES.includes(role) && !revenue && !deposit) {
    return say(
      "is of a type that Tryton takes on no invoice: it needs the mark Revenue or Deposit",
    );
  }
  return [];
}

async function taxProblems(desk: Desk): Promise<string[]> {
  const codes = Object.keys(desk.config.taxNames);
  const problems = await allProblems(codes.map((code) => () => desk.tax(code)));
  if (problems.length === 0) return [];
  const domain = [["parent", "=", null]];
  const taxes = await desk.tryton.searchRead("account.tax", domain, { name: z.string() });
  return hinted(
    problems,
    taxes.map(({ name }) => name),
  );
}

async function journalProblems(desk: Desk): Promise<string[]> {
  const kinds = Object.keys(desk.config.journals) as Journal[];
  const problems = await allProblems(kinds.map((kind) => () => desk.journal(kind)));
  if (problems.length === 0) return [];
  const journals = await desk.tryton.searchRead("account.journal", [], { name: z.string() });
  return hinted(
    problems,
    journals.map(({ name }) => name),
  );
}

/** Those that Tryton has: another count of decimals would move the point in every amount. */
async function currencyProblems({ tryton }: Desk): Promise<string[]> {
  const shape = { code: z.string(), digits: z.int(), rounding: asDecimal };
  const rows = await tryton.searchRead("currency.currency", [], shape);
  return rows
    .filter(({ code, digits }) => digits !== decimalsOf(code))
    .map(
      ({ code, digits }) =>
        `Tryton counts ${digits} decimals for ${code}, the standard says ${decimalsOf(code)}`,
    );
}

async function accountNames(tryton: Tryton): Promise<string[]> {
  const shape = { name: z.string(), code: z.string().nullable() };
  const rows = await tryton.searchRead("account.account", POSTABLE, shape);
  return rows.flatMap(({ name, code }) => (code === null || code === "" ? [name] : [name, code]));
}

async function allProblems(readings: readonly (() => Promise<unknown>)[]): Promise<string[]> {
  const problems: string[] = [];
  for (const reading of readings) problems.push(...(await problemOf(reading)));
  return problems;
}

const MOST_NAMES = 12;

/** Adds what there is, the nearest name first. */
function hinted(problems: readonly string[], names: readonly string[]): string[] {
  return problems.map((problem) => {
    const wanted = /"([^"]+)"$/.exec(problem)?.[1];
    if (wanted === undefined || names.length === 0) return problem;
    const nearest = closest(wanted, names);
    const others = names.filter((name) => name !== nearest).slice(0, MOST_NAMES);
    return `${problem}: did you mean "${nearest}"? There is also ${others.join(", ")}`;
  });
}

/** What nobody has set up, so that documents of that kind would wait. */
function silences({ accounts, taxNames }: TrytonConfig): string[] {
  const roles = ["deferred", "fees", "commission", "rounding"] as const;
  const open = roles.filter((role) => accounts[role] === undefined);
  return [
    ...(Object.keys(taxNames).length === 0 ? ["bookings with tax wait for settings.taxNames"] : []),
    ...(open.length === 0
      ? []
      : [`no account for ${open.join(", ")}: documents that need it wait`]),
  ];
}
