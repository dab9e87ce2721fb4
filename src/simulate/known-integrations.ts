import { productIntegrations } from "../paths.ts";
import { findIntegrations } from "../registry/find-integrations.ts";
import { importIntegration } from "../registry/import-integration.ts";
import type { AnyIntegration } from "../registry/loaded-integration.ts";
import type { Simulator } from "../sdk/simulator.ts";

/** All integrations that come with Bellhop, by name, whether the configuration uses them or not. */
export async function knownIntegrations(
  folder = productIntegrations,
): Promise<readonly AnyIntegration[]> {
  const places = [...findIntegrations([folder], []).values()];
  const ordered = places.sort((a, b) => (a.id < b.id ? -1 : 1));
  return Promise.all(ordered.map(importIntegration));
}

export interface Playable {
  integration: AnyIntegration;
  simulator: Simulator;
}

/** Those that can be played, in this order. */
export async function playableIntegrations(ids?: readonly string[]): Promise<Playable[]> {
  const all = (await knownIntegrations()).flatMap((integration) =>
    integration.simulator && integration.source
      ? [{ integration, simulator: integration.simulator }]
      : [],
  );
  if (!ids) return all;
  return ids.flatMap((id) => all.filter(({ integration }) => integration.manifest.id === id));
}
