import { PermanentError } from "../errors.ts";
import { dayOfText } from "./days.ts";
import { type Desk, later } from "./desk.ts";
import type { Holding, InvoiceState } from "./issued.ts";
import type { MoneyDue } from "./money.ts";

/** A credit note first settles what it gives back. */
export function applyCredits(desk: Desk): void {
  for (const holding of [...desk.standing.holdings]) {
    if (holding.document.kind !== "credit_note") continue;
    const invoice = desk.standing.invoice(holding.document.of);
    if (invoice) apply(desk, holding, invoice);
  }
}

/** What is owed to the guest is used for what the guest owes, the oldest invoice first. */
export function applyHoldings(desk: Desk): void {
  const credits = desk.standing.holdings.filter(({ document }) => document.kind === "credit_note");
  const deposits = desk.standing.holdings.filter(({ document }) => document.kind === "deposit");
  for (const invoice of desk.standing.invoices) {
    for (const holding of [...credits, ...deposits]) apply(desk, holding, invoice);
  }
}

/** Books the money that moved: to an open invoice, else it is held; back from what is held. */
export function moveMoney(desk: Desk): void {
  for (const money of desk.moneyDue()) {
    if (money.amountMinor > 0) receive(desk, money);
    else giveBack(desk, money);
  }
}

function apply(desk: Desk, { document, leftMinor }: Holding, invoice: InvoiceState): void {
  const isSameMoney = document.currency === invoice.document.currency;
  const totalMinor = Math.min(leftMinor, invoice.openMinor);
  if (!isSameMoney || totalMinor <= 0) return;
  const day = later(desk.today, later(document.on, invoice.document.on));
  const { currency, key: from } = document;
  const { key: to, party } = invoice.document;
  const isOthers = document.party !== party;
  desk.write(
    {
      ...{ kind: "application", totalMinor, from, to, currency },
      // The booking has another guest now, and the money goes with it.
      ...(isOthers && { fromParty: document.party }),
    },
    day,
  ).party = party;
}

function receive(desk: Desk, money: MoneyDue): void {
  const { id, amountMinor, currency, method } = money;
  const parts = {
    ...{ totalMinor: amountMinor, paymentId: id, currency },
    ...(method !== undefined && { method }),
    ...(money.isReversal && { note: "a refund that the source has taken back" }),
  };
  // In one piece: what pays more than the invoice is held, and used from there.
  const open = desk.standing.invoices.find(
    ({ document, openMinor }) => document.currency === currency && openMinor >= amountMinor,
  );
  const day = dayOf(desk, money);
  if (!open) return void desk.write({ kind: "deposit", ...parts }, day);
  const { key, on, party } = open.document;
  desk.write({ kind: "payment", to: key, ...parts }, later(day, on)).party = party;
}

interface Purse {
  key: string;
  party: string;
  leftMinor: number;
}

function giveBack(desk: Desk, money: MoneyDue): void {
  let restMinor = -money.amountMinor;
  for (const { key, party, leftMinor } of pursesOf(desk, money)) {
    const totalMinor = Math.min(restMinor, leftMinor);
    if (totalMinor <= 0) continue;
    const { id, currency, method, isReversal } = money;
    const written = desk.write(
      {
        ...{ kind: "refund", from: key, totalMinor, paymentId: id, currency },
        ...(method !== undefined && { method }),
        ...(isReversal && { note: "a payment that the source has removed" }),
      },
      dayOf(desk, money),
    );
    written.party = party;
    restMinor -= totalMinor;
  }
  if (restMinor === 0) return;
  const { reference } = desk.facts.booking;
  throw new PermanentError(`booking ${reference}: more was given back than ever came in`);
}

/** Where money that goes back may come from, best first. */
function pursesOf(desk: Desk, { id, currency, isReversal }: MoneyDue): Purse[] {
  const { holdings, invoices, money } = desk.standing;
  const held = holdings
    .filter(({ document }) => document.currency === currency)
    .toReversed()
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ document, leftMinor }) => ({ key: document.key, party: document.party, leftMinor }));
  // More than is owed: the invoice is open again.
  const paid = invoices
    .filter(({ document }) => document.currency === currency)
    .toReversed()
    .map(({ document, openMinor }) => ({
      key: document.key,
      party: document.party,
      leftMinor: document.key.startsWith("opening") ? Infinity : document.totalMinor - openMinor,
    }));
  const all = [...held, ...paid];
  if (!isReversal) return all;
  const booked = money.findLast(({ paymentId, kind }) => paymentId === id && kind !== "refund");
  const own = booked?.kind === "payment" ? booked.to : booked?.key;
  return all.toSorted((a, b) => Number(b.key === own) - Number(a.key === own));
}

function rank({ document }: Holding): number {
  return document.kind === "credit_note" ? 0 : 1;
}

/** The day of the payment where the source gives one that has been. */
function dayOf({ facts, today }: Desk, { paidAt }: MoneyDue): string {
  const day = dayOfText(paidAt, facts.booking);
  return day !== undefined && day < today ? day : today;
}
