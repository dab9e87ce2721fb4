import { z } from "zod";

import type { HubSpotClient } from "./client.ts";
import { read } from "./records.ts";

/**
 * Ids of HubSpot's own kinds of association
 * (https://developers.hubspot.com/docs/api/crm/associations, "Association type ID values").
 */
const TYPES = {
  deals: { contacts: 3, companies: 5 },
  notes: { contacts: 202, deals: 214 },
} as const;

const MOST = "500";

export function typeOf(from: "deals", to: "contacts" | "companies"): object;
export function typeOf(from: "notes", to: "contacts" | "deals"): object;
export function typeOf(from: keyof typeof TYPES, to: string): object {
  const ids: Readonly<Record<string, number>> = TYPES[from];
  return { associationCategory: "HUBSPOT_DEFINED", associationTypeId: ids[to] };
}

/** Also when they are so already. @returns false when one of both is not there. */
export async function associate(
  client: HubSpotClient,
  dealId: string,
  to: "contacts" | "companies",
  id: string,
): Promise<boolean> {
  const path = `v4/objects/deals/${dealId}/associations/${to}/${id}`;
  const answer = await client.send({ method: "PUT", path, body: [typeOf("deals", to)] });
  return answer !== undefined;
}

export async function dissociate(
  client: HubSpotClient,
  dealId: string,
  to: "contacts" | "companies",
  id: string,
): Promise<void> {
  const path = `v4/objects/deals/${dealId}/associations/${to}/${id}`;
  await client.send({ method: "DELETE", path });
}

const Page = z.object({
  results: z.array(z.object({ toObjectId: z.coerce.string() })),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).nullish(),
});

/** Ids of what a record is associated with. */
export async function associatedWith(
  client: HubSpotClient,
  from: "contacts" | "deals",
  id: string,
  to: "contacts" | "companies" | "notes",
): Promise<string[]> {
  const path = `v4/objects/${from}/${id}/associations/${to}`;
  const ids: string[] = [];
  for (let after: string | undefined; ;) {
    const query = { ...(after !== undefined && { after }), limit: MOST };
    const answer = await client.send({ method: "GET", path, query });
    if (answer === undefined) return ids;
    const { results, paging } = read(Page, answer);
    ids.push(...results.map(({ toObjectId }) => toObjectId));
    after = paging?.next?.after;
    if (after === undefined) return ids;
  }
}
