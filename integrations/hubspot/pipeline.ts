import { z } from "zod";

import { ConfigurationError } from "#sdk";
import type { Deal } from "#sdk/crm";

import { type CallContext, HubSpotClient } from "./client.ts";
import type { HubSpotConfig } from "./config.ts";
import { read } from "./records.ts";

const Stage = z.object({
  id: z.string(),
  label: z.string(),
  /** `probability` is `1.0` for won and `0.0` for lost. */
  metadata: z.object({ probability: z.string().optional(), isClosed: z.string().optional() }),
});
const Pipeline = z.object({ id: z.string(), label: z.string(), stages: z.array(Stage) });
export type Pipeline = z.output<typeof Pipeline>;
type Stage = z.output<typeof Stage>;

const KEPT_MS = 10 * 60_000;

/** Pipelines by instance, so that not every deal asks. */
const kept = new WeakMap<HubSpotConfig, { pipeline: Pipeline; at: number }>();

/** @throws ConfigurationError when HubSpot has none by that id or name. */
export async function pipelineOf(context: CallContext): Promise<Pipeline> {
  const { config, clock } = context;
  const known = kept.get(config);
  if (known && clock.now() - known.at < KEPT_MS) return known.pipeline;
  const pipeline = await readPipeline(context);
  kept.set(config, { pipeline, at: clock.now() });
  return pipeline;
}

async function readPipeline(context: CallContext): Promise<Pipeline> {
  const { pipeline: wanted } = context.config;
  const answer = await new HubSpotClient(context).send({
    method: "GET",
    path: "v3/pipelines/deals",
  });
  const { results } = read(z.object({ results: z.array(Pipeline) }), answer);
  const found = named(wanted, results);
  if (found) return found;
  throw new ConfigurationError(
    `pipeline: HubSpot has no pipeline ${wanted} of deals; there are ${labelsOf(results)}`,
  );
}

/**
 * Where a deal belongs: at the stage that the settings name, or else at the pipeline's first stage of
 * this outcome.
 */
export function stageOf(
  { label, stages }: Pipeline,
  { stage, outcome }: Pick<Deal, "stage" | "outcome">,
): string {
  const found =
    stage === undefined ? stages.find((one) => outcomeOf(one) === outcome) : named(stage, stages);
  if (found) return found.id;
  const what = stage === undefined ? `stage for deals that are ${outcome}` : `stage ${stage}`;
  throw new ConfigurationError(
    `stages: the pipeline ${label} has no ${what}; there are ${labelsOf(stages)}`,
  );
}

function outcomeOf({ metadata: { probability, isClosed } }: Stage): Deal["outcome"] {
  const chance = Number(probability);
  if (chance === 1) return "won";
  return chance === 0 && isClosed !== "false" ? "lost" : "open";
}

/** By id, or by what people call it. */
function named<T extends { id: string; label: string }>(
  wanted: string,
  all: readonly T[],
): T | undefined {
  const lower = wanted.toLowerCase();
  return (
    all.find(({ id }) => id === wanted) ?? all.find((one) => one.label.toLowerCase() === lower)
  );
}

function labelsOf(all: readonly { label: string }[]): string {
  return all.map(({ label }) => label).join(", ") || "none";
}
