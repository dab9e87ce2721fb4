import { stringify } from "yaml";

import type { LoadedConnection, Registry } from "../registry/registry.ts";
import type { Simulator } from "../sdk/simulator.ts";
import { hint } from "../settings/config-problems.ts";
import { newToken } from "../settings/default-config.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { playableIntegrations } from "./known-integrations.ts";
import { faultOfAddress } from "./system-server.ts";

/** A connection that may be played. */
export interface SimulatedConnection {
  id: string;
  simulator: Simulator;
  token: string;
  /** Where Bellhop looks bookings up, so the simulated system must answer there. */
  apiBaseUrl: string;
}

/** Ports that the examples of simulated connections use. */
const FIRST_EXAMPLE_PORT = 9101;

/**
 * The connections to play: those that are named, else all that are simulated.
 *
 * @throws SettingsError with a line for each one that must not or cannot be played.
 */
export async function chooseConnections(
  { connections }: Registry,
  names: readonly string[],
): Promise<SimulatedConnection[]> {
  const simulated = [...connections.values()].filter(({ config }) => config.simulated);
  const wanted = names.length > 0 ? names : simulated.map(({ id }) => id);
  if (wanted.length === 0) throw new SettingsError([await howToAdd()]);
  const chosen = wanted.map((name) => {
    const connection = connections.get(name);
    const known = [...connections.keys()];
    return connection
      ? playable(connection)
      : `no connection is called ${name}${hint(name, known)}`;
  });
  const faults = chosen.filter((connection) => typeof connection === "string");
  if (faults.length > 0) throw new SettingsError(faults);
  return chosen.filter((connection) => typeof connection !== "string");
}

/** @returns the reason in words when it must not or cannot be played. */
function playable(connection: LoadedConnection): SimulatedConnection | string {
  const { id, config, integration } = connection;
  if (!config.simulated) {
    return `connection ${id} is real: simulate plays only connections with \`simulated: true\``;
  }
  const { simulator } = integration;
  if (!simulator) return `connection ${id}: ${config.source} has no simulator`;
  const apiBaseUrl = apiBaseUrlOf(connection);
  if (apiBaseUrl === undefined) {
    return `connection ${id}: ${config.source} has no setting apiBaseUrl to play its API at`;
  }
  const fault = faultOfAddress(apiBaseUrl);
  if (fault !== undefined) {
    return (
      `connection ${id}: settings.apiBaseUrl ${apiBaseUrl} ${fault}: ` +
      `write an address such as http://127.0.0.1:${FIRST_EXAMPLE_PORT}`
    );
  }
  return { id, simulator, token: config.tokens[0] ?? "", apiBaseUrl };
}

function apiBaseUrlOf({ settings }: LoadedConnection): string | undefined {
  const { apiBaseUrl } = settings as { apiBaseUrl?: unknown };
  return typeof apiBaseUrl === "string" ? apiBaseUrl : undefined;
}

async function howToAdd(): Promise<string> {
  const playable = await playableIntegrations();
  const connections = playable.map(({ integration, simulator }, index) => {
    const { id } = integration.manifest;
    const settings = simulator.settings(`http://127.0.0.1:${FIRST_EXAMPLE_PORT + index}`);
    return [`${id}-test`, { source: id, simulated: true, tokens: [newToken()], settings }] as const;
  });
  return [
    "no connection is simulated. Add one of these to bellhop.yaml and restart Bellhop:",
    "",
    stringify({ connections: Object.fromEntries(connections) }),
    "To see everything at work without any configuration: npm run demo",
  ].join("\n");
}
