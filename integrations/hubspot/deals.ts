import { formatAmount } from "#sdk";
import type { CrmContext, CrmObject, Deal, Fields, Put, Remote } from "#sdk/crm";

import { associate, dissociate } from "./associations.ts";
import { HubSpotClient } from "./client.ts";
import type { HubSpotConfig } from "./config.ts";
import { pipelineOf, stageOf } from "./pipeline.ts";
import { KEYS } from "./properties.ts";
import { type HubSpotRecord, Records, remoteOf, textsOf } from "./records.ts";
import { filled, without } from "./words.ts";

type Context = CrmContext<HubSpotConfig>;

const KEY = KEYS.deals;
/** Which contact we have put to the deal: those that the office adds are the office's. */
const GUEST = "bellhop_guest";

/** All that is read of a deal. */
export const DEAL_PROPERTIES = [
  ...[KEY, GUEST, "dealname", "amount", "deal_currency_code", "dealstage", "pipeline"],
  ...["bellhop_status", "bellhop_starts_on", "bellhop_ends_on", "bellhop_products"],
];

export const deals: CrmObject<Deal, HubSpotConfig> = {
  fields: dealFields,
  async find({ key }, context) {
    const found = await dealRecords(context).byKey(KEY, key);
    return found && remoteOf(found);
  },
  put: (put, context) =>
    put.known ? change(put, put.known.externalId, context) : make(put, context),
};

export function dealRecords(context: Context): Records {
  return new Records(new HubSpotClient(context), "deals", DEAL_PROPERTIES);
}

function dealFields(deal: Deal): Fields {
  const { key, title, status, outcome, stage, amount, startsOn = "", endsOn = "" } = deal;
  const { contactId = "", companyId = "" } = deal;
  return {
    ...{ [KEY]: key, dealname: title, bellhop_status: status },
    ...{ amount: amount ? formatAmount(amount) : "", deal_currency_code: amount?.currency ?? "" },
    ...{ bellhop_starts_on: startsOn, bellhop_ends_on: endsOn, bellhop_products: products(deal) },
    // Which stage of the pipeline this is, is asked for when it is written.
    ...{ dealstage: stage ?? `(${outcome})`, [GUEST]: contactId, company: companyId },
  };
}

function products({ products: all }: Deal): string {
  return all.map(({ name, quantity = 1 }) => `${quantity} × ${name}`).join("\n");
}

async function make(put: Put<Deal>, context: Context): Promise<Remote> {
  const properties = await propertiesOf(put, context);
  const made = await dealRecords(context).upsert(KEY, put.thing.key, filled(properties));
  await associateAll(put.thing, made.id, context);
  return remoteOf(made);
}

async function change(put: Put<Deal>, id: string, context: Context): Promise<Remote | "gone"> {
  const records = dealRecords(context);
  const there = await records.byId(id);
  if (!there) return "gone";
  const texts = textsOf(there);
  const wanted = Object.entries(await propertiesOf(put, context));
  const changes = wanted.filter(([name, value]) => value !== (texts[name] ?? ""));
  // The one before goes first, and is forgotten last: a try that breaks off is made good by the next.
  await leaveFormer(put.thing, there, context);
  await associateAll(put.thing, there.id, context);
  if (changes.length === 0) return remoteOf(there);
  const changed = await records.change(there.id, Object.fromEntries(changes));
  return changed ? remoteOf(changed) : "gone";
}

/** As HubSpot has them: the stage by its id, and what is associated not among them. */
async function propertiesOf({ thing, fields }: Put<Deal>, context: Context): Promise<Fields> {
  const pipeline = await pipelineOf(context);
  const { [GUEST]: guest = "" } = fields;
  return {
    ...without(fields, "company", GUEST),
    ...{ pipeline: pipeline.id, dealstage: stageOf(pipeline, thing) },
    // A contact that is not known now stays the deal's, as the office may have merged it.
    ...(guest !== "" && { [GUEST]: guest }),
  };
}

async function leaveFormer({ contactId }: Deal, there: HubSpotRecord, context: Context) {
  const former = textsOf(there)[GUEST] ?? "";
  if (former === "" || contactId === undefined || former === contactId) return;
  await dissociate(new HubSpotClient(context), there.id, "contacts", former);
}

async function associateAll({ contactId, companyId }: Deal, id: string, context: Context) {
  const client = new HubSpotClient(context);
  if (contactId !== undefined) await associate(client, id, "contacts", contactId);
  if (companyId !== undefined) await associate(client, id, "companies", companyId);
}
