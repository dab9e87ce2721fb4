import type { Deferral, DocumentLine, Fee, Posting, Takings } from "#sdk/accounting";

import { atRateOf } from "./amounts.ts";
import type { Account } from "./books.ts";
import { readClaim } from "./claim.ts";
import type { Desk } from "./desk.ts";
import { atRateOfDay, createMove, findMove, postMove, type Leg } from "./entry.ts";
import { shownTax } from "./invoice-lines.ts";
import { referenceOf } from "./reference.ts";

/** Documents that settle nothing: deferred revenue, fees, and the takings of a day. */
export type Adjustment = Deferral | Fee | Takings;

/** @returns Tryton's reference of the entry: `account.move,12`. */
export async function postAdjustment(posting: Posting<Adjustment>, desk: Desk): Promise<string> {
  const { number, title, document } = posting;
  const { on, currency, kind } = document;
  const move =
    (await findMove(number, desk)) ??
    (await createMove(
      {
        ...{ number, title, on, currency },
        journal: kind === "deferral" ? "general" : "payments",
        legs: await withParty(await legsOf(posting, desk), posting, desk),
      },
      desk,
    ));
  await postMove(move, desk);
  return `account.move,${move.id}`;
}

function legsOf(posting: Posting<Adjustment>, desk: Desk): Promise<Leg[]> {
  const { document } = posting;
  switch (document.kind) {
    case "deferral":
      return deferralLegs(document, posting, desk);
    case "fee":
      return feeLegs(document, desk);
    case "takings":
      return takingsLegs(document, desk);
  }
}

/** At the rate of its invoice, so that what is deferred and what comes back are the same. */
async function deferralLegs(document: Deferral, posting: Posting, desk: Desk): Promise<Leg[]> {
  const { totalMinor: minor, currency } = document;
  const whole =
    currency === desk.company.currency.code
      ? { minor, companyMinor: minor }
      : (await readClaim(await referenceOf(document.of, posting, desk), currency, desk)).whole;
  const companyMinor = atRateOf(whole, minor);
  return [
    { account: await desk.account("revenue"), minor, companyMinor },
    { account: await desk.account("deferred"), minor: -minor, companyMinor: -companyMinor },
  ];
}

async function feeLegs(
  { totalMinor: minor, currency, on, method }: Fee,
  desk: Desk,
): Promise<Leg[]> {
  const companyMinor = await atRateOfDay(minor, currency, on, desk);
  return [
    { account: await desk.account("fees"), minor, companyMinor },
    { account: await desk.clearing(method), minor: -minor, companyMinor: -companyMinor },
  ];
}

/** One line for each method of payment, and for each account and tax, however many bookings. */
async function takingsLegs(document: Takings, desk: Desk): Promise<Leg[]> {
  const legs = new Map<string, Leg>();
  const add = (key: string, account: Account, minor: number, tax?: Leg["tax"]) => {
    const leg = legs.get(key) ?? { account, minor: 0, companyMinor: 0, ...(tax && { tax }) };
    legs.set(key, { ...leg, minor: leg.minor + minor });
  };
  for (const line of document.lines) {
    const clearing = await desk.clearing(line.method);
    add(`clearing ${clearing.id}`, clearing, line.grossMinor);
    await addTaxed(line, desk, add);
  }
  const { currency, on } = document;
  const converted: Leg[] = [];
  for (const leg of legs.values()) {
    const companyMinor = await atRateOfDay(leg.minor, currency, on, desk);
    const tax = leg.tax && { ...leg.tax, companyMinor: -companyMinor };
    converted.push({ ...leg, companyMinor, ...(tax && { tax }) });
  }
  return converted.filter(({ minor }) => minor !== 0);
}

async function addTaxed(
  line: DocumentLine,
  desk: Desk,
  add: (key: string, account: Account, minor: number, tax?: Leg["tax"]) => void,
): Promise<void> {
  const { role, grossMinor, taxMinor } = line;
  const account = await desk.account(role);
  const code = shownTax(line);
  const tax = code === undefined ? undefined : await desk.tax(code);
  const said = (type: "base" | "tax") => tax && { id: tax.id, type, companyMinor: 0 };
  add(`${role} ${tax?.id}`, account, taxMinor - grossMinor, said("base"));
  if (taxMinor === 0) return;
  const general = await desk.account("tax");
  const taxAccount =
    tax?.invoiceAccount === undefined ? general : { ...general, id: tax.invoiceAccount };
  add(`tax ${tax?.id}`, taxAccount, -taxMinor, said("tax"));
}

async function withParty(legs: Leg[], posting: Posting, desk: Desk): Promise<Leg[]> {
  if (!legs.some(({ account }) => account.isPersonal)) return legs;
  const { id } = await desk.party(posting);
  return legs.map((leg) => ({ ...leg, party: id }));
}
