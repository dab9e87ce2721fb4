import { distance } from "fastest-levenshtein";
import type { z } from "zod";

import { type CheckContext, ConfigurationError } from "#sdk";

import { NO_TAX } from "./accounts.ts";
import { XeroClient } from "./client.ts";
import type { XeroConfig } from "./config.ts";
import { Account, Organisation, TaxRate } from "./shapes.ts";

/** Looks up what the settings name: a code that is not there would stop the first booking. */
export async function check(context: CheckContext<XeroConfig>): Promise<string> {
  const { config } = context;
  const client = new XeroClient(context);
  const get = (path: string) => ({ method: "GET", path }) as const;
  const organisation = await client.first(get("Organisation"), "Organisations", Organisation);
  const accounts = await client.read(get("Accounts"), "Accounts", Account);
  const taxRates = await client.read(get("TaxRates"), "TaxRates", TaxRate);
  const problems = [...accountProblems(config, accounts), ...taxProblems(config, taxRates)];
  if (problems.length > 0) throw new ConfigurationError(problems.join("; "));
  return lineOf(organisation, config);
}

function lineOf(organisation: Organisation, config: XeroConfig): string {
  const { Name, BaseCurrency, PeriodLockDate, EndOfYearLockDate } = organisation;
  const locked = [PeriodLockDate, EndOfYearLockDate].filter((date) => date !== undefined);
  const last = locked.toSorted().at(-1);
  const lock =
    last === undefined
      ? "no period is locked"
      : `locked up to ${last}, so closedUntil must be ${last} or later`;
  const documents =
    config.documents === "draft"
      ? "invoices and credit notes are drafts, which a person approves in Xero"
      : "invoices and credit notes count at once";
  return `${Name} (${BaseCurrency}): accounts and tax types are there; ${lock}; ${documents}`;
}

type Organisation = z.infer<typeof Organisation>;

function accountProblems({ accounts }: XeroConfig, found: readonly Account[]): string[] {
  const { clearing, ...others } = accounts;
  const active = found.filter(({ Code, Status }) => Code !== undefined && Status === "ACTIVE");
  const banks = active.filter(({ Type }) => Type === "BANK");
  const isThere = (list: readonly Account[], code: string) =>
    list.some(({ Code }) => Code === code);
  const missing = (path: string, code: string) =>
    `accounts.${path}: Xero has no active account ${code}${nearest(code, path, active)}`;
  return [
    ...Object.entries(others).flatMap(([role, code]: [string, string | undefined]) => {
      if (code === undefined) return [];
      if (!isThere(active, code)) return [missing(role, code)];
      return isThere(banks, code)
        ? [`accounts.${role}: ${code} is a bank account, which takes no lines: choose another`]
        : [];
    }),
    ...Object.entries(clearing).flatMap(([method, code]) => {
      const path = `clearing.${method}`;
      if (!isThere(active, code)) return [missing(path, code)];
      return isThere(banks, code)
        ? currencyProblems(path, method, code, banks)
        : [notABank(path, code, banks)];
    }),
  ];
}

/** `stripe USD` is meant for an account in that currency. */
function currencyProblems(path: string, method: string, code: string, banks: readonly Account[]) {
  const wanted = /(?:^| )([A-Z]{3})$/.exec(method)?.[1];
  const is = banks.find(({ Code }) => Code === code)?.CurrencyCode;
  return wanted === undefined || is === undefined || is === wanted
    ? []
    : [`accounts.${path}: ${code} is in ${is}: choose a bank account in ${wanted}`];
}

function notABank(path: string, code: string, banks: readonly Account[]): string {
  const known = banks.map(({ Code, Name }) => `${Code ?? ""} ${Name}`).join(", ") || "none";
  return `accounts.${path}: ${code} is no bank account, and only those take payments: there are ${known}`;
}

function taxProblems({ taxTypes, taxes }: XeroConfig, found: readonly TaxRate[]): string[] {
  const active = found.filter(({ Status }) => Status === "ACTIVE");
  const isThere = (type: string) => active.some(({ TaxType }) => TaxType === type);
  return [
    ...Object.entries(taxTypes).flatMap(([name, type]) => {
      if (type === NO_TAX || isThere(type)) return [];
      const near = nearestOf(type, active, ({ TaxType, Name }) => [TaxType, Name]);
      const hint = near && ` (did you mean ${near.TaxType}, "${near.Name}"?)`;
      return [`taxTypes.${name}: Xero has no active tax type ${type}${hint ?? ""}`];
    }),
    ...Object.entries(taxes).flatMap(([name, { ratePercent, scheme }]) =>
      scheme !== "margin" && taxTypes[name] === undefined && taxTypes[ratePercent] === undefined
        ? [`taxTypes: none is set for the tax ${name}`]
        : [],
    ),
  ];
}

type TaxRate = z.infer<typeof TaxRate>;

/** By the code, or by what the role is called. */
function nearest(code: string, path: string, accounts: readonly Account[]): string {
  const near =
    nearestOf(code, accounts, ({ Code = "" }) => [Code]) ??
    nearestOf(path, accounts, ({ Name }) => [Name]);
  return near ? ` (did you mean ${near.Code ?? ""}, "${near.Name}"?)` : "";
}

function nearestOf<T>(
  wanted: string,
  all: readonly T[],
  names: (one: T) => string[],
): T | undefined {
  const far = Math.max(1, Math.floor(wanted.length / 2));
  return all
    .map((one) => ({ one, away: Math.min(...names(one).map((name) => away(name, wanted))) }))
    .filter((one) => one.away <= far)
    .toSorted((a, b) => a.away - b.away)[0]?.one;
}

function away(one: string, other: string): number {
  return distance(one.toLowerCase(), other.toLowerCase());
}
