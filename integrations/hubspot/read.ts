import { carries, type ContactView, type CrmContext, type CrmView, type DealView } from "#sdk/crm";

import { associatedWith } from "./associations.ts";
import { HubSpotClient } from "./client.ts";
import { companyRecords } from "./companies.ts";
import type { HubSpotConfig } from "./config.ts";
import { contactRecords } from "./contacts.ts";
import { dealRecords } from "./deals.ts";
import { type Pipeline, pipelineOf } from "./pipeline.ts";
import { KEYS } from "./properties.ts";
import { type HubSpotRecord, textsOf } from "./records.ts";
import { present } from "./words.ts";

type Context = CrmContext<HubSpotConfig>;

/** What HubSpot holds, by its search, which may be some seconds behind. */
export async function readView(mark: string, context: Context): Promise<CrmView> {
  const contacts = await contactRecords(context).search(mark, [
    ...[KEYS.contacts, "email", "firstname", "lastname"],
  ]);
  const companies = await companyRecords(context).search(mark, [KEYS.companies, "name"]);
  const deals = await dealRecords(context).search(mark, [KEYS.deals]);
  const pipeline = await pipelineOf(context);
  const views: DealView[] = [];
  for (const deal of carrying(mark, deals, [KEYS.deals])) {
    views.push(await dealView(deal, pipeline, context));
  }
  return {
    contacts: carrying(mark, contacts, [KEYS.contacts, "email", "firstname", "lastname"]).map(
      contactView,
    ),
    companies: carrying(mark, companies, [KEYS.companies, "name"]).map((one) => ({
      externalId: one.id,
      name: textsOf(one)["name"] ?? "",
    })),
    deals: views,
  };
}

function carrying(mark: string, records: readonly HubSpotRecord[], names: readonly string[]) {
  return records.filter((one) => carries(mark, ...names.map((name) => textsOf(one)[name])));
}

function contactView(record: HubSpotRecord): ContactView {
  const texts = textsOf(record);
  const name = [texts["firstname"], texts["lastname"]].filter(Boolean).join(" ");
  return {
    externalId: record.id,
    ...present({
      name: name === "" ? texts["email"] : name,
      ...{ email: texts["email"], phone: texts["phone"], country: texts["country"] },
      ...{ company: texts["company"], language: texts["bellhop_language"] },
      ...{ firstBookedOn: texts["bellhop_first_booked"], consent: texts["bellhop_consent"] },
      ...{ lastBookedOn: texts["bellhop_last_booked"], nextStayOn: texts["bellhop_next_stay"] },
    }),
    bookings: Number(texts["bellhop_bookings"] ?? 0),
    ...{ spent: listed(texts["bellhop_spent"]), tags: listed(texts["bellhop_tags"]) },
  };
}

async function dealView(
  record: HubSpotRecord,
  { stages }: Pipeline,
  context: Context,
): Promise<DealView> {
  const client = new HubSpotClient(context);
  const texts = textsOf(record);
  const [contactId] = await associatedWith(client, "deals", record.id, "contacts");
  const [companyId] = await associatedWith(client, "deals", record.id, "companies");
  const amount = [texts["amount"], texts["deal_currency_code"]].filter(Boolean).join(" ");
  return {
    key: texts[KEYS.deals] ?? "",
    ...present({
      stage: stages.find(({ id }) => id === texts["dealstage"])?.label,
      ...{ amount, startsOn: texts["bellhop_starts_on"], contactId, companyId },
    }),
  };
}

function listed(text = ""): string[] {
  return text === "" ? [] : text.split("; ");
}
