import type { ContactView, CrmContext, CrmView, DealView } from "#sdk/crm";

import { atDesk } from "../at-desk.ts";
import type { Tryton } from "../client.ts";
import type { TrytonConfig } from "../config.ts";
import type { Desk } from "../desk.ts";
import { keysOf } from "../find-party.ts";
import { escaped, plainDecimal } from "../wire.ts";
import { OpportunityRow } from "./deals.ts";
import { mechanismsOf, plainValue } from "./mechanisms.ts";
import { type Facts, readFacts } from "./own-note.ts";
import { type PartyRecord, PartyRow } from "./party-record.ts";

export function readView(mark: string, context: CrmContext<TrytonConfig>): Promise<CrmView> {
  return atDesk(context, async (desk) => {
    const parties = await partiesCarrying(mark, desk.tryton);
    const resources = parties.map(({ id }) => `party.party,${id}`);
    const facts = await readFacts(resources, desk.tryton);
    const has = (kind: string) => (party: PartyRecord) =>
      keysOf(party).some((key) => key.startsWith(kind));
    return {
      contacts: parties
        .filter(has("guest:"))
        .map((party) => contactView(party, facts.get(`party.party,${party.id}`) ?? {})),
      companies: parties
        .filter(has("agent:"))
        .map(({ id, name }) => ({ externalId: String(id), name: name ?? "" })),
      deals: await dealsCarrying(mark, desk),
    };
  });
}

async function partiesCarrying(mark: string, tryton: Tryton): Promise<PartyRecord[]> {
  const clause = (name: string) => [name, "ilike", `%${escaped(mark)}%`];
  const names = ["name", "code", "identifiers.code", "contact_mechanisms.value"];
  return tryton.searchRead("party.party", ["OR", ...names.map(clause)], PartyRow);
}

function contactView(party: PartyRecord, facts: Facts): ContactView {
  const [email] = mechanismsOf(party, "email").map(plainValue);
  const [phone] = mechanismsOf(party, "phone").map(plainValue);
  return {
    externalId: String(party.id),
    tags: party["categories."].map(({ name }) => name),
    ...present({
      ...{ name: party.name ?? "", email, phone, company: facts["Company"] },
      ...{ language: facts["Language"], country: facts["Country"], consent: facts["Consent"] },
      ...{ firstBookedOn: facts["First booked"], lastBookedOn: facts["Last booked"] },
      nextStayOn: facts["Next stay"],
    }),
    bookings: Number(facts["Bookings"] ?? 0),
    spent: facts["Spent"]?.split("; ") ?? [],
  };
}

async function dealsCarrying(mark: string, { tryton, company }: Desk): Promise<DealView[]> {
  const domain = [
    ["reference", "ilike", `%${escaped(mark)}%`],
    ["company", "=", company.id],
  ];
  const rows = await tryton.searchRead("sale.opportunity", domain, OpportunityRow);
  const facts = await readFacts(
    rows.map(({ id }) => `sale.opportunity,${id}`),
    tryton,
  );
  return rows.map(({ id, reference, state, party, end_date: startsOn, amount }) => {
    const { Stage, Amount, Agent } = facts.get(`sale.opportunity,${id}`) ?? {};
    const own = amount === null ? undefined : `${plainDecimal(amount)} ${company.currency.code}`;
    return {
      key: reference ?? "",
      ...present({
        ...{ stage: Stage ?? state, amount: own ?? Amount, startsOn: startsOn ?? undefined },
        contactId: party === null ? undefined : String(party),
        companyId: /\((\d+)\)$/.exec(Agent ?? "")?.[1],
      }),
    };
  });
}

function present<T extends object>(parts: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const given = Object.entries(parts).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(given) as { [K in keyof T]?: NonNullable<T[K]> };
}
