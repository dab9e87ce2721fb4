import { createHash } from "node:crypto";

import { ConfigurationError } from "#sdk";
import type { AccountRole, Posting } from "#sdk/accounting";

import {
  readAccount,
  readAccountById,
  readCompany,
  readCurrency,
  readJournal,
  readPaymentTerm,
  readTax,
  type Account,
  type Company,
  type Currency,
  type Tax,
} from "./books.ts";
import { Tryton } from "./client.ts";
import type { TrytonConfig } from "./config.ts";
import { type ContactsBeside, ensureParty, type PartyRecord } from "./party.ts";
import { readEmployee, readLanguages } from "./people.ts";
import type { TrytonContext } from "./transport.ts";

export type Journal = keyof TrytonConfig["journals"];

/** Accounts that are named once, whatever the method of payment. */
export type SingleRole = Exclude<AccountRole, "clearing">;

/** Where a document is worked on: the conversation, and what the settings name. */
export interface Desk {
  tryton: Tryton;
  config: TrytonConfig;
  company: Company;
  account(role: SingleRole): Promise<Account>;
  accountById(id: number): Promise<Account>;
  /** Where differences of exchange rates go. */
  exchange(): Promise<Account>;
  /** @param method As the source names the way it was paid. */
  clearing(method: string | undefined): Promise<Account>;
  tax(code: string): Promise<Tax>;
  journal(kind: Journal): Promise<number>;
  paymentTerm(): Promise<number | undefined>;
  currency(code: string): Promise<Currency>;
  /** Who is billed, as known now; not looked at again for a while when nothing has changed. */
  party(posting: Pick<Posting, "party" | "guest">): Promise<PartyRecord>;
  /** Whose opportunities ours are; undefined: nobody's. */
  employee(): Promise<number | undefined>;
  /** @param code Lower-case BCP 47. @returns undefined where Tryton does not have it. */
  language(code: string): Promise<number | undefined>;
  /** Lower-case BCP 47. */
  languageCode(id: number): Promise<string | undefined>;
}

interface Reading {
  value: Promise<unknown>;
  readAt: number;
}

/** What the settings name hardly changes; a rename in Tryton is noticed within this time. */
const KEEP_MS = 10 * 60_000;
const readings = new Map<string, Reading>();

export async function openDesk(context: TrytonContext): Promise<Desk> {
  const { config, clock } = context;
  const { url, database, user, company: wanted } = config;
  const name = hashOf([url, database, user, wanted]);
  const once = <Value>(what: string, read: () => Promise<Value>) =>
    kept(`${name}|${what}`, clock.now(), read);

  const free = new Tryton(context);
  const company = await once("company", () => readCompany(free));
  const tryton = free.within({ company: company.id });
  const accountOf = (wantedName: string | undefined, setting: string) => {
    if (wantedName === undefined) throw missing(setting);
    return once(`account|${setting}|${wantedName}`, () => readAccount(tryton, wantedName, setting));
  };
  const { accounts, taxNames, journals, paymentTerm } = config;
  const allLanguages = () => once("languages", () => readLanguages(tryton));
  return {
    tryton,
    config,
    company,
    account: async (role) => accountOf(accounts[role], `accounts.${role}`),
    accountById: (id) => once(`account by id|${id}`, () => readAccountById(tryton, id)),
    exchange: async () => accountOf(accounts.exchange ?? accounts.rounding, "accounts.exchange"),
    clearing: async (method) => {
      const named = method === undefined ? undefined : accounts.clearing[method];
      const setting = named === undefined ? "default" : (method ?? "");
      return accountOf(named ?? accounts.clearing.default, `accounts.clearing.${setting}`);
    },
    tax: async (code) => {
      const wantedName = taxNames[code];
      if (wantedName === undefined) throw missing(`taxNames.${code}`);
      return once(`tax|${wantedName}`, () => readTax(tryton, wantedName, `taxNames.${code}`));
    },
    journal: (kind) =>
      once(`journal|${journals[kind]}`, () =>
        readJournal(tryton, journals[kind], `journals.${kind}`),
      ),
    paymentTerm: async () => {
      if (paymentTerm === undefined) return undefined;
      return once(`term|${paymentTerm}`, () => readPaymentTerm(tryton, paymentTerm));
    },
    currency: (code) => once(`currency|${code}`, () => readCurrency(tryton, code)),
    party: async ({ party, guest }) => {
      const beside = config.contacts ? await besideOf(guest) : undefined;
      const what = hashOf([party, beside]);
      return once(`party|${what}`, () => ensureParty(party, tryton, beside));
    },
    employee: () => {
      const { employee } = config;
      return once(`employee|${employee}`, () => readEmployee(tryton, company, employee));
    },
    language: async (code) => {
      const languages = await allLanguages();
      return languages.get(code) ?? languages.get(code.split("-")[0] ?? code);
    },
    languageCode: async (id) =>
      [...(await allLanguages())].find(([, language]) => language === id)?.[0],
  };
}

async function besideOf(guest: Posting["guest"]): Promise<ContactsBeside> {
  return guest === undefined ? {} : { guest: await guest() };
}

/** No names of guests are kept as keys. */
function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

function missing(setting: string): ConfigurationError {
  return new ConfigurationError(`settings.${setting} is missing: say which one it is in Tryton`);
}

async function kept<Value>(key: string, now: number, read: () => Promise<Value>): Promise<Value> {
  const known = readings.get(key);
  if (known !== undefined && now - known.readAt < KEEP_MS) return known.value as Promise<Value>;
  const value = read();
  readings.set(key, { value, readAt: now });
  try {
    return await value;
  } catch (error) {
    // What was missing may be there at the next try.
    readings.delete(key);
    throw error;
  }
}

/** What the settings name is read again. */
export function forgetReadings(): void {
  readings.clear();
}
