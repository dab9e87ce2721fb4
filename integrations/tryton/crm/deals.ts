import { z } from "zod";

import { ConfigurationError, formatAmount, parseMoney } from "#sdk";
import type { CrmObject, Deal, Fields, Put, Remote } from "#sdk/crm";

import { atDesk } from "../at-desk.ts";
import type { Values } from "../client.ts";
import type { TrytonConfig } from "../config.ts";
import type { Desk } from "../desk.ts";
import { asDay, asDecimal, asId, date, decimal } from "../wire.ts";
import { inWords } from "./contact-fields.ts";
import { factsText, keepNote } from "./own-note.ts";
import { isInDatabase, readParty, remoteOf } from "./party-record.ts";
import { FREE, type State, stateOf } from "./stages.ts";

const MODEL = "sale.opportunity";

export const OpportunityRow = {
  id: asId,
  reference: z.string().nullable(),
  description: z.string().nullable(),
  state: z.string(),
  party: asId.nullable(),
  employee: asId.nullable(),
  amount: asDecimal.nullable(),
  start_date: asDay.nullable(),
  end_date: asDay.nullable(),
};
type Opportunity = z.infer<z.ZodObject<typeof OpportunityRow>>;

/** Bookings, found by the reference. All of them is the booking's, but for what the office adds. */
export const deals: CrmObject<Deal, TrytonConfig> = {
  fields: dealFields,
  find: ({ key }, context) =>
    atDesk(context, async (desk) => {
      const domain = [
        ["reference", "=", key],
        ["company", "=", desk.company.id],
      ];
      const [found] = await desk.tryton.searchRead(MODEL, domain, { id: asId });
      return found && remoteOf(MODEL, found.id, desk);
    }),
  put: (put, context) => atDesk(context, (desk) => write(put, desk)),
  isReachable: isInDatabase,
};

function dealFields(deal: Deal): Fields {
  const { key, title, status, stage = "", outcome, amount, madeOn = "" } = deal;
  const { startsOn = "", endsOn = "", contactId = "", companyId = "" } = deal;
  return {
    ...{ key, title, status, stage, outcome, madeOn, startsOn, endsOn, contactId, companyId },
    ...{ amount: amount ? inWords(amount) : "", products: productsOf(deal) },
  };
}

function productsOf({ products }: Deal): string {
  return products.map(({ name, quantity = 1 }) => `${quantity} × ${name}`).join(", ");
}

async function write({ thing, fields, known }: Put<Deal>, desk: Desk): Promise<Remote | "gone"> {
  const { tryton, company } = desk;
  const there = known && (await readOpportunity(Number(known.externalId), desk));
  if (known && there === undefined) return "gone";
  const values = await valuesOf(thing, there, desk);
  const id = there?.id ?? (await tryton.create(MODEL, { ...values, company: company.id }));
  if (there !== undefined && Object.keys(values).length > 0) {
    await tryton.write(MODEL, [there.id], values);
  }
  const facts = await factsOf(thing, fields, desk);
  await keepNote(`${MODEL},${id}`, facts, { tryton, isNew: there === undefined });
  return remoteOf(MODEL, id, desk);
}

async function readOpportunity(id: number, { tryton }: Desk): Promise<Opportunity | undefined> {
  const [row] = await tryton.searchRead(MODEL, [["id", "=", id]], OpportunityRow);
  return row;
}

/** What has to be written, all of it when it is made. */
async function valuesOf(deal: Deal, there: Opportunity | undefined, desk: Desk): Promise<Values> {
  // One that is not known now stays, as the office may have put the guest together with another.
  const party = deal.contactId === undefined ? (there?.party ?? null) : Number(deal.contactId);
  const state = stateFor(deal, party, there);
  const wanted = {
    ...(await employeeFor(state, there, desk)),
    ...wantedOf(deal, desk),
    ...{ party, state },
  };
  const isMoved = there === undefined || there.party !== party;
  return {
    ...asValues(there ? differing(wanted, there, desk) : wanted),
    ...(isMoved && { address: await addressOf(party, desk) }),
  };
}

/** Begun when the booking was made, and expected to end on the day that is booked. */
function wantedOf({ key, title, madeOn, startsOn, ...deal }: Deal, desk: Desk) {
  const begins = madeOn ?? startsOn;
  return {
    ...{ reference: key, description: title, end_date: startsOn ?? null },
    amount: amountOf(deal, desk) ?? null,
    ...(begins !== undefined && { start_date: begins }),
  };
}

function differing(wanted: Partial<Wanted>, there: Opportunity, desk: Desk): Partial<Wanted> {
  const changes = Object.entries(wanted).filter(
    ([name, value]) => value !== plain(there[name as keyof Opportunity], name, desk),
  );
  return Object.fromEntries(changes);
}

/** What Tryton holds, as we write it: it has more decimals than a currency has. */
function plain(value: string | number | null, name: string, { company }: Desk) {
  if (name !== "amount" || typeof value !== "string") return value;
  return formatAmount(parseMoney(value, company.currency.code));
}

function asValues({ amount, start_date: start, end_date: end, ...rest }: Partial<Wanted>): Values {
  return {
    ...rest,
    ...(amount !== undefined && { amount: amount === null ? null : decimal(amount) }),
    ...(start !== undefined && { start_date: date(start) }),
    ...(end !== undefined && { end_date: end === null ? null : date(end) }),
  };
}

interface Wanted {
  reference: string;
  description: string;
  party: number | null;
  state: State;
  amount: string | null;
  start_date: string;
  end_date: string | null;
  employee: number;
}

/** Amounts of opportunities are in the company's currency; what is in another is told in the note. */
function amountOf({ amount }: Pick<Deal, "amount">, { company }: Desk): string | undefined {
  return amount?.currency === company.currency.code ? formatAmount(amount) : undefined;
}

/**
 * Put as a field and not by Tryton's buttons: on the way of the buttons to Won there is a draft of a
 * sale for each booking. What the office has converted is its own until the booking is lost.
 */
function stateFor(deal: Deal, party: number | null, there: Opportunity | undefined): State {
  const wanted = stateOf(deal);
  if (there?.state === "converted" && wanted === "won") return "converted";
  return party === null && !FREE.includes(wanted) ? "lead" : wanted;
}

async function employeeFor(state: State, there: Opportunity | undefined, desk: Desk) {
  if (FREE.includes(state) || (there?.employee ?? null) !== null) return {};
  const employee = await desk.employee();
  if (employee !== undefined) return { employee };
  throw new ConfigurationError(
    `settings.employee is missing: Tryton wants an employee for an opportunity that is ${state}`,
  );
}

async function addressOf(party: number | null, { tryton }: Desk): Promise<number | null> {
  const row = party === null ? undefined : await readParty(party, tryton);
  return row?.["addresses."][0]?.id ?? null;
}

async function factsOf({ companyId }: Deal, fields: Fields, { tryton }: Desk): Promise<string> {
  const agent = companyId === undefined ? undefined : await readParty(Number(companyId), tryton);
  return factsText({
    Status: fields["status"] ?? "",
    Stage: fields["stage"] ?? "",
    Amount: fields["amount"] ?? "",
    Starts: fields["startsOn"] ?? "",
    Ends: fields["endsOn"] ?? "",
    Agent: agent ? `${agent.name ?? ""} (${agent.id})` : "",
    Products: fields["products"] ?? "",
  });
}
