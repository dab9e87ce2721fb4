import type { Application, Deposit, Payment, Posting, Refund, WriteOff } from "#sdk/accounting";

import { atRateOf } from "./amounts.ts";
import type { Account } from "./books.ts";
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
  { number, title, document, party }: Posting<MoneyDocument>,
  references: readonly string[],
  claims: readonly Claim[],
  desk: Desk,
): Promise<Entry> {
  const { on, currency, totalMinor } = document;
  const [first, second] = claims;
  const base = { number, title, on, currency, ...originOf(references) };
  switch (document.kind) {
    case "payment":
      return {
        ...base,
        journal: "payments",
        legs: [
          await legOn(await desk.clearing(document.method), totalMinor, document, desk),
          ...settling(first, -totalMinor),
        ],
      };
    case "deposit": {
      const account = await desk.account("prepayments");
      const owner = account.isPersonal ? await desk.party(party) : undefined;
      const owed = await legOn(account, -totalMinor, document, desk);
      return {
        ...base,
        journal: "payments",
        legs: [
          await legOn(await desk.clearing(document.method), totalMinor, document, desk),
          { ...owed, ...(owner !== undefined && { party: owner.id }) },
        ],
      };
    }
    case "refund":
      return {
        ...base,
        journal: "payments",
        legs: [
          ...settling(first, totalMinor),
          await legOn(await desk.clearing(document.method), -totalMinor, document, desk),
        ],
      };
    case "application":
      return {
        ...base,
        journal: "general",
        legs: [...settling(first, totalMinor), ...settling(second, -totalMinor)],
      };
    case "write_off": {
      const legs = settling(first, -totalMinor);
      const companyMinor = -(legs[0]?.companyMinor ?? 0);
      const account = await desk.account("rounding");
      return {
        ...base,
        journal: "general",
        legs: [{ account, minor: totalMinor, companyMinor }, ...legs],
      };
    }
  }
}

function originOf(references: readonly string[]): { origin?: string } {
  const invoice = references.findLast((reference) => reference.startsWith("account.invoice,"));
  return invoice === undefined ? {} : { origin: invoice };
}

async function legOn(
  account: Account,
  minor: number,
  { currency, on }: MoneyDocument,
  desk: Desk,
): Promise<Leg> {
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
