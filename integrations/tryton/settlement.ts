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
  const references = await Promise.all(
    settledKeys(document).map((key) => settledReference(key, posting, desk)),
  );
  const claims = await readClaims(references, currency, desk);
  const move =
    (await findMove(number, desk)) ??
    (await createMove(await entryOf(posting, references, claims, desk), desk));
  await postMove(move, desk);
  for (const claim of await readClaims(references, currency, desk)) {
    if (claim === undefined) continue;
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

/** @returns undefined for what was in the books before Bellhop: nobody knows under which number. */
async function settledReference(
  key: string,
  posting: Posting,
  desk: Desk,
): Promise<string | undefined> {
  const isBefore = key.startsWith("opening:") && posting.externalIdOf(key) === undefined;
  return isBefore ? undefined : referenceOf(key, posting, desk);
}

async function readClaims(
  references: readonly (string | undefined)[],
  currency: string,
  desk: Desk,
): Promise<(Claim | undefined)[]> {
  const claims: (Claim | undefined)[] = [];
  for (const reference of references)
    claims.push(reference === undefined ? undefined : await readClaim(reference, currency, desk));
  return claims;
}

async function entryOf(
  posting: Posting<MoneyDocument>,
  references: readonly (string | undefined)[],
  claims: readonly (Claim | undefined)[],
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
  posting: Posting<MoneyDocument>,
  [first, second]: readonly (Claim | undefined)[],
  desk: Desk,
): Promise<Leg[]> {
  const { document } = posting;
  const { totalMinor } = document;
  const settle = (claim: Claim | undefined, minor: number) =>
    claim === undefined ? onAccount(posting, minor, desk) : Promise.resolve(settling(claim, minor));
  switch (document.kind) {
    case "payment":
      return [await moneyLeg(document, totalMinor, desk), await settle(first, -totalMinor)];
    case "refund":
      return [await settle(first, totalMinor), await moneyLeg(document, -totalMinor, desk)];
    case "application":
      return [await settle(first, totalMinor), await settle(second, -totalMinor)];
    case "write_off": {
      const settled = await settle(first, -totalMinor);
      const companyMinor = -settled.companyMinor;
      return [
        { account: await desk.account("rounding"), minor: totalMinor, companyMinor },
        settled,
      ];
    }
    case "deposit": {
      const account = await desk.account("prepayments");
      const owner = account.isPersonal ? await desk.party(posting) : undefined;
      const money = await moneyLeg(document, totalMinor, desk);
      const companyMinor = -money.companyMinor;
      const owed = { account, minor: -totalMinor, companyMinor };
      return [money, { ...owed, ...(owner !== undefined && { party: owner.id }) }];
    }
  }
}

function originOf(references: readonly (string | undefined)[]): { origin?: string } {
  const invoice = references.findLast((reference) => reference?.startsWith("account.invoice,"));
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
function settling(claim: Claim, minor: number): Leg {
  const { account, party, origin, whole } = claim;
  const open = openOf(claim);
  const companyMinor = open.minor === -minor ? -open.companyMinor : atRateOf(whole, minor);
  return { account, minor, companyMinor, origin, ...(party !== undefined && { party }) };
}

/** What the bookkeeper has to put together with an invoice of before: the guest's account has it. */
async function onAccount(posting: Posting<MoneyDocument>, minor: number, desk: Desk): Promise<Leg> {
  const { currency, on } = posting.document;
  const account = await desk.account("receivable");
  const { id } = await desk.party(posting);
  const companyMinor = await atRateOfDay(minor, currency, on, desk);
  return { account, minor, companyMinor, ...(account.isPersonal && { party: id }) };
}
