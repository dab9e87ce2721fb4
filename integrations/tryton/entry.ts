import { z } from "zod";

import { sumOf } from "./amounts.ts";
import type { Account } from "./books.ts";
import type { Values } from "./client.ts";
import type { Desk, Journal } from "./desk.ts";
import { openPeriod } from "./periods.ts";
import { asDecimal, asId, date, decimal, minorOf, money } from "./wire.ts";

/** One line of an entry. Debit is positive. */
export interface Leg {
  account: Account;
  minor: number;
  companyMinor: number;
  /** Taken where the account asks for a party. */
  party?: number;
  /** What it settles. */
  origin?: string;
  /** What it says in the tax return, in the company's currency. */
  tax?: { id: number; type: "base" | "tax"; companyMinor: number };
}

export interface Entry {
  /** Name of the document; written as description of the move, where it can be searched. */
  number: string;
  title: string;
  /** `YYYY-MM-DD` */
  on: string;
  currency: string;
  journal: Journal;
  /** `account.invoice,12`: what a person finds the entry from. */
  origin?: string;
  legs: readonly Leg[];
}

const MoveRow = { id: asId, state: z.string() };

export interface MoveRecord {
  id: number;
  isDraft: boolean;
}

export async function findMove(number: string, desk: Desk): Promise<MoveRecord | undefined> {
  const domain = [
    ["description", "=", number],
    ["company", "=", desk.company.id],
  ];
  const [row] = await desk.tryton.searchRead("account.move", domain, MoveRow, {
    order: [["id", "ASC"]],
  });
  return row && { id: row.id, isDraft: row.state === "draft" };
}

/** Writes an entry whole, so that a draft left behind by a try that was cut off only needs posting. */
export async function createMove(entry: Entry, desk: Desk): Promise<MoveRecord> {
  const { tryton, company } = desk;
  const legs = await balanced(entry.legs, desk);
  const lines = await Promise.all(legs.map((leg) => lineValues(leg, entry, desk)));
  const id = await tryton.create("account.move", {
    company: company.id,
    journal: await desk.journal(entry.journal),
    period: await openPeriod(entry.on, tryton),
    date: date(entry.on),
    description: entry.number,
    lines: [["create", lines]],
    ...(entry.origin !== undefined && { origin: entry.origin }),
  });
  return { id, isDraft: true };
}

export async function postMove({ id, isDraft }: MoveRecord, { tryton }: Desk): Promise<void> {
  if (isDraft) await tryton.press("account.move", "post", [id]);
}

/** Amounts that came about at different rates differ in the company's currency: that is a result. */
async function balanced(legs: readonly Leg[], desk: Desk): Promise<readonly Leg[]> {
  const { companyMinor } = sumOf(legs);
  if (companyMinor === 0) return legs;
  return [...legs, { account: await desk.exchange(), minor: 0, companyMinor: -companyMinor }];
}

async function lineValues(leg: Leg, entry: Entry, desk: Desk): Promise<Values> {
  const own = desk.company.currency.code;
  const amount = money(Math.abs(leg.companyMinor), own);
  const isDebit = leg.companyMinor > 0 || (leg.companyMinor === 0 && leg.minor > 0);
  return {
    account: leg.account.id,
    debit: isDebit ? amount : decimal("0"),
    credit: isDebit ? decimal("0") : amount,
    description: entry.title,
    ...(leg.account.isPersonal && leg.party !== undefined && { party: leg.party }),
    ...(leg.origin !== undefined && { origin: leg.origin }),
    ...(entry.currency !== own &&
      leg.minor !== 0 && {
        second_currency: (await desk.currency(entry.currency)).id,
        amount_second_currency: money(leg.minor, entry.currency),
      }),
    ...(leg.tax !== undefined && {
      tax_lines: [
        [
          "create",
          [{ tax: leg.tax.id, type: leg.tax.type, amount: money(leg.tax.companyMinor, own) }],
        ],
      ],
    }),
  };
}

/** An amount in the company's currency, at the rate that Tryton has for the day. */
export async function atRateOfDay(
  minor: number,
  currency: string,
  on: string,
  desk: Desk,
): Promise<number> {
  const own = desk.company.currency;
  if (currency === own.code) return minor;
  const { id } = await desk.currency(currency);
  const there = desk.tryton.within({ date: date(on) });
  const params = [id, money(minor, currency), own.id];
  const answer = await there.ask("model.currency.currency.compute", params, asDecimal);
  return minorOf(answer, own.code);
}
