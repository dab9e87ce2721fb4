import { z } from "zod";

import { BOOKING_STATUSES, type CheckContext, ConfigurationError } from "#sdk";

import { HubSpotClient } from "./client.ts";
import type { HubSpotConfig } from "./config.ts";
import { pipelineOf, stageOf } from "./pipeline.ts";
import { OWN_PROPERTIES, type OwnProperty } from "./properties.ts";
import { read } from "./records.ts";

type Context = CheckContext<HubSpotConfig>;

const Properties = z.object({
  results: z.array(z.object({ name: z.string(), hasUniqueValue: z.boolean().optional() })),
});

/** Looks up what the settings name and what Bellhop needs: a gap would stop the first booking. */
export async function check(context: Context): Promise<string> {
  const pipeline = await pipelineOf(context);
  const { stages } = context.config;
  for (const stage of new Set(BOOKING_STATUSES.map((status) => stages[status]))) {
    if (stage !== undefined) stageOf(pipeline, { stage, outcome: "open" });
  }
  const problems: string[] = [];
  for (const [type, wanted] of Object.entries(OWN_PROPERTIES)) {
    problems.push(...(await propertyProblems(type, wanted, context)));
  }
  if (problems.length > 0) throw new ConfigurationError(problems.join("; "));
  return `deals go into the pipeline ${pipeline.label}; all properties are there`;
}

async function propertyProblems(
  type: string,
  wanted: readonly OwnProperty[],
  context: Context,
): Promise<string[]> {
  const client = new HubSpotClient(context);
  const path = `v3/properties/${type}`;
  const { results } = read(Properties, await client.send({ method: "GET", path }));
  const missing = wanted.filter(({ name }) => !results.some((one) => one.name === name));
  const { makeProperties } = context.config;
  if (makeProperties) {
    for (const body of missing) await client.send({ method: "POST", path, body });
  }
  return [
    ...(makeProperties ? [] : missing.map((one) => missingWords(type, one))),
    ...wanted.flatMap(({ name, hasUniqueValue = false }) => {
      const isUnique = results.find((one) => one.name === name)?.hasUniqueValue ?? true;
      return hasUniqueValue && !isUnique ? [notUniqueWords(type, name)] : [];
    }),
  ];
}

function missingWords(type: string, { name, type: kind, hasUniqueValue }: OwnProperty): string {
  const unique = hasUniqueValue ? ", with unique values" : "";
  return `${type} have no property ${name}: make it in HubSpot (${kind}${unique}), or set makeProperties: true and check again`;
}

function notUniqueWords(type: string, name: string): string {
  return `the values of ${name} of ${type} are not unique, which can only be said when it is made: delete it in HubSpot and make it again`;
}
