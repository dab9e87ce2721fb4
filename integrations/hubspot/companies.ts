import { type Company, type CrmContext, type CrmObject, fieldsToWrite } from "#sdk/crm";

import { HubSpotClient } from "./client.ts";
import type { HubSpotConfig } from "./config.ts";
import { KEYS } from "./properties.ts";
import { Records, remoteOf, textsOf } from "./records.ts";

const KEY = KEYS.companies;

/** Agents. Found by our key alone: two companies may have one name. */
export const companies: CrmObject<Company, HubSpotConfig> = {
  fields: ({ key, name }) => ({ [KEY]: key, name }),
  async find({ key }, context) {
    const found = await companyRecords(context).byKey(KEY, key);
    return found && remoteOf(found);
  },
  async put({ thing, fields, known }, context) {
    const records = companyRecords(context);
    if (!known) return remoteOf(await records.upsert(KEY, thing.key, fields));
    const there = await records.byId(known.externalId);
    if (!there) return "gone";
    const changes = fieldsToWrite({ fields, known }, textsOf(there), context.config);
    if (Object.keys(changes).length === 0) return remoteOf(there);
    const changed = await records.change(there.id, changes);
    return changed ? remoteOf(changed) : "gone";
  },
};

export function companyRecords(context: CrmContext<HubSpotConfig>): Records {
  return new Records(new HubSpotClient(context), "companies", [KEY, "name"]);
}
