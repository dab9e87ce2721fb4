import type { Application, Deposit, Payment, Posting, Refund, WriteOff } from "#sdk/accounting";

import { atRateOf } from "./amounts.ts";
import { linkPayments, openOf, readClaim, reconcile, type Claim } from "./claim.ts";
import type { Desk } from "./desk.ts";
import { atRateOfDay, createMove, findMove, postMove, type Entry, type Leg } from "./entry.ts";
import { referenceOf } from "./reference.ts";

/**
 * Documents that move or use money. They are plain entries, not Tryton's wizards for paying and for
 * recalling deposits: an entry is written and posted in two calls that can be told apart by its
 * description, while a wizard keeps its answers in a session, posts before we know the entry, and
 * leaves nothing to search for when it is cut off.
 */
export type MoneyDocument = Payment | Deposit | Refund | Application | WriteOff;

/** @returns Tryton's reference of the entry: `account.move,12`. */
export async function postMoney(posting: Posting<MoneyDocument>, desk: Desk): Promise<string> {
  const { number, document } = posting;
  const { currency } = document;
  const keys = settledKeys(document);
  const references = await Promise.all(keys.map((key) => referenceOf(key, posting, desk)));
  const claims = await readClaims(references, currency, desk);
  const move =
    (await findMove(number, desk)) ??
    (await createMove(await entryOf(posting, references, claims, desk), desk));
  await postMove(move, desk);
  for (const claim of await readClaims(references, currency, desk)) {
    await linkPayments(claim, desk);
    await reconcile(claim, desk);
  }
  return `account.move,${move.id}`;
}

/** The other side of each document first: where the amount is taken off. */
function settledKeys(document: MoneyDocument): string[] {
  switch (document.kind) {
    case "payment":
    case "write_off":
      return [document.to];
    case "refund":
      return [document.from];
    case "application":
      return [document.from, document.to];
    case "deposit":
      return [];
  }
}

async function readClaims(
  references: readonly string[],
  currency: string,
  desk: Desk,
): Promise<Claim[]> {
  const claims: Claim[] = [];
  for (const reference of references) claims.push(await readClaim(reference, currency, desk));
  return claims;
}

async function entryOf(
  posting: Posting<MoneyDocument>,
  references: readonly string[],
  claims: readonly Claim[],
  desk: Desk,
): Promise<Entry> {
  const { number, title, document } = posting;
  const { on, currency, kind } = document;
  return {
    ...{ number, title, on, currency, ...originOf(references) },
    journal: kind === "application" || kind === "write_off" ? "general" : "payments",
    legs: await legsOf(posting, claims, desk),
  };
}

async function legsOf(
  { document, party }: Posting<MoneyDocument>,
  [first, second]: readonly Claim[],
  desk: Desk,
): Promise<Leg[]> {
  const { totalMinor } = document;
  switch (document.kind) {
    case "payment":
      return [await moneyLeg(document, totalMinor, desk), ...settling(first, -totalMinor)];
    case "refund":
      return [...settling(first, totalMinor), await moneyLeg(document, -totalMinor, desk)];
    case "application":
      return [...settling(first, totalMinor), ...settling(second, -totalMinor)];
    case "write_off": {
      const legs = settling(first, -totalMinor);
      const companyMinor = -(legs[0]?.companyMinor ?? 0);
      return [
        { account: await desk.account("rounding"), minor: totalMinor, companyMinor },
        ...legs,
      ];
    }
    case "deposit": {
      const account = await desk.account("prepayments");
      const owner = account.isPersonal ? await desk.party(party) : undefined;
      const money = await moneyLeg(document, totalMinor, desk);
      const companyMinor = -money.companyMinor;
      const owed = { account, minor: -totalMinor, companyMinor };
      return [money, { ...owed, ...(owner !== undefined && { party: owner.id }) }];
    }
  }
}

function originOf(references: readonly string[]): { origin?: string } {
  const invoice = references.findLast((reference) => reference.startsWith("account.invoice,"));
  return invoice === undefined ? {} : { origin: invoice };
}

/** Money that arrives or leaves, at the rate of the day. */
async function moneyLeg(
  { method, currency, on }: Payment | Deposit | Refund,
  minor: number,
  desk: Desk,
): Promise<Leg> {
  const account = await desk.clearing(method);
  return { account, minor, companyMinor: await atRateOfDay(minor, currency, on, desk) };
}

/** The last of what is open goes whole, so that nothing is left in the company's currency either. */
function settling(claim: Claim | undefined, minor: number): Leg[] {
  if (claim === undefined) return [];
  const { account, party, origin, whole } = claim;
  const open = openOf(claim);
  const companyMinor = open.minor === -minor ? -open.companyMinor : atRateOf(whole, minor);
  return [{ account, minor, companyMinor, origin, ...(party !== undefined && { party }) }];
}
