import type { ScheduleContext } from "../context.ts";
import type { ClockSchedule } from "../schedule.ts";
import { negated, sumOf } from "./booking-lines.ts";
import { type Collected, collect, dayOf, postedBefore } from "./collecting.ts";
import { monthBefore, openDay } from "./days.ts";
import type { AccountingDocument, CreditNote, DocumentLine, Invoice } from "./document.ts";
import { type Issued, subtract } from "./issued.ts";
import type { Share } from "./noted.ts";
import { sharesPeriod } from "./periods.ts";
import { post } from "./posting.ts";
import type { AccountingSettings } from "./settings.ts";
import { MONTHS_LOOKED_AT } from "./shares.ts";
import type { AccountingTarget } from "./target.ts";

/** Invoices agents for the bookings of months that are over, and for what has changed since. */
export function statements<Config extends AccountingSettings>(
  target: AccountingTarget<Config>,
): ClockSchedule<Config> {
  return {
    id: "statements",
    every: "day at 04:00",
    async handle(_, context) {
      const done: string[] = [];
      let month = dayOf(context).slice(0, 7);
      for (let count = 0; count < MONTHS_LOOKED_AT; count += 1) {
        month = monthBefore(month);
        const period = context.entriesOf(sharesPeriod(month));
        const agents = await collect(period, "share", ({ party }) => party);
        for (const group of agents.values()) {
          const key = await invoiceAgent(target, context, group, month);
          if (key !== undefined) done.push(key);
        }
      }
      return done.length > 0
        ? { done: `posted ${done.join(", ")}` }
        : { skipped: "no agent to invoice" };
    },
  };
}

async function invoiceAgent<Config extends AccountingSettings>(
  target: AccountingTarget<Config>,
  context: ScheduleContext<Config>,
  { connection, currency, notes }: Collected<Share>,
  month: string,
): Promise<string | undefined> {
  const [first] = notes;
  if (!first) return undefined;
  const { party, partyName } = first;
  const prefix = `${connection}/${party}-${month}-${currency}/`;
  const before = postedBefore(context.ledger, prefix);
  const begun = before.find(({ isOpen }) => isOpen)?.document;
  const wanted = notes.flatMap(linesOf);
  const document =
    begun === undefined
      ? differenceTo(before, wanted, {
          prefix,
          party,
          currency,
          ...openDay(dayOf(context), context.config),
        })
      : (begun as AccountingDocument);
  if (!document) return undefined;
  const ids = new Map(before.map((one) => [one.document.key, one.externalId]));
  await post(target, context, {
    document,
    number: document.key,
    mayExist: begun !== undefined,
    party: { code: party, kind: "agent", name: partyName },
    title: `Bookings of ${month}`,
    externalIdOf: (key) => ids.get(key),
  });
  return document.key;
}

/** What is to be invoiced, or given back, besides what was posted. */
function differenceTo(
  before: readonly Issued[],
  wanted: readonly DocumentLine[],
  {
    prefix,
    ...parts
  }: { prefix: string; party: string; currency: string; on: string; note?: string },
): Invoice | CreditNote | undefined {
  const posted = before.flatMap(({ document }) => {
    if (document.kind === "invoice") return document.lines;
    return document.kind === "credit_note" ? negated(document.lines) : [];
  });
  const lines = subtract(wanted, posted);
  if (lines.length === 0) return undefined;
  const totalMinor = sumOf(lines);
  const invoice = before.findLast(({ document }) => document.kind === "invoice")?.document.key;
  const nextKey = (kind: "invoice" | "credit_note") => {
    const count = before.filter(({ document }) => document.kind === kind).length;
    return `${prefix}${kind}:${count + 1}`;
  };
  if (totalMinor >= 0) {
    return {
      kind: "invoice",
      key: nextKey("invoice"),
      ...parts,
      totalMinor,
      lines,
      billTo: parts.party,
    };
  }
  return {
    kind: "credit_note",
    key: nextKey("credit_note"),
    ...parts,
    totalMinor: -totalMinor,
    lines: negated(lines),
    of: invoice ?? "",
  };
}

/** A line of the statement for each booking and tax. */
function linesOf({ lines, title }: Share): DocumentLine[] {
  return lines.map(({ itemId, description, ...line }) => ({
    ...line,
    description: `${title}: ${description}`,
    itemId: `${title}/${itemId ?? ""}`,
  }));
}
