import {
  ConfigurationError,
  type DescribeContext,
  oncePerContext,
  RetryableError,
  type SourceDescription,
} from "#sdk";

import { isObject, textOf } from "./body.ts";
import { callPlanyo, type CallContext } from "./client.ts";
import type { PlanyoConfig } from "./config.ts";
import { listOf } from "./products.ts";

type Data = Readonly<Record<string, unknown>>;

/** What Planyo says of the site (`get_site_info`). */
export const readSite = oncePerContext(async (context: CallContext): Promise<Data> => {
  const site = await callPlanyo("get_site_info", {}, context);
  if (site === undefined) throw new ConfigurationError("Planyo knows no such site; check siteId");
  if (!isObject(site)) throw new RetryableError("Planyo get_site_info: no data");
  return site;
});

/** How the site is set up; without a key nothing can be read. */
export async function describe(context: DescribeContext<PlanyoConfig>): Promise<SourceDescription> {
  if (context.config.apiKey === undefined) return { parts: [] };
  const site = await readSite(context);
  const told = {
    name: wordOf(site["name"]),
    timeZone: wordOf(site["timezone"]),
    currency: currencyOf(site["currency"]),
    language: languageOf(site["default_language"]),
  };
  const known = Object.entries(told).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(known), parts: await readResources(context) };
}

function wordOf(value: unknown): string | undefined {
  const text = textOf(value ?? "").trim();
  return text === "" ? undefined : text;
}

function currencyOf(value: unknown): string | undefined {
  const text = wordOf(value);
  return text !== undefined && /^[A-Z]{3}$/.test(text) ? text : undefined;
}

/** Planyo writes two capital letters, ISO 639-1. */
function languageOf(value: unknown): string | undefined {
  const text = wordOf(value)?.toLowerCase();
  return text !== undefined && /^[a-z]{2}$/.test(text) ? text : undefined;
}

type Part = SourceDescription["parts"][number];

const MOST_RESOURCES = 500;
/** The most that Planyo gives in one page (topic list_resources); older servers give fewer. */
const PAGE_SIZE = 300;
/** Pages of a server that does not know `page_size` are of so many, so a round number goes on. */
const ROUND = 100;

/** The site's resources (`list_resources`), whose pages count from 0. */
async function readResources(context: CallContext): Promise<Part[]> {
  const parts = new Map<string, Part>();
  for (let page = 0; parts.size < MOST_RESOURCES; page += 1) {
    const before = parts.size;
    const parameters = { detail_level: "1", page: String(page), page_size: String(PAGE_SIZE) };
    const found = resourcesIn(await callPlanyo("list_resources", parameters, context));
    for (const part of found) parts.set(part.id, part);
    if (parts.size === before || found.length % ROUND !== 0) break;
  }
  return [...parts.values()].slice(0, MOST_RESOURCES);
}

/** The shape is documented as an array of named arrays, which PHP writes as a list or as a map. */
function resourcesIn(data: unknown): Part[] {
  if (!isObject(data)) return [];
  const found = data["resources"] ?? data["results"];
  const ids = isObject(found) ? Object.keys(found) : [];
  return listOf(found).flatMap((resource, index) => {
    if (!isObject(resource)) return [];
    const id = wordOf(resource["id"]) ?? wordOf(resource["resource_id"]) ?? ids[index];
    return id === undefined ? [] : [{ kind: "resource", id, name: wordOf(resource["name"]) ?? id }];
  });
}
