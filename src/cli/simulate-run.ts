import { once } from "node:events";

import { httpClient } from "../http/http-client.ts";
import { productIntegrations } from "../paths.ts";
import { loadRegistry } from "../registry/registry.ts";
import { messageOf } from "../sdk/errors.ts";
import { readEnvironment } from "../settings/environment.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import { StatusReader, waitForAftermath } from "../simulate/aftermath.ts";
import { planOf, type SimulateOptions } from "../simulate/plan.ts";
import type { Tally } from "../simulate/player.ts";
import { createProgress } from "../simulate/progress.ts";
import { chooseConnections, type SimulatedConnection } from "../simulate/simulated-connections.ts";
import { type Simulation, startSimulation } from "../simulate/simulation.ts";
import { patienceText, stayText } from "../simulate/stay-words.ts";
import { outcomeTable, reconcileHint, tallyTable } from "../simulate/summary.ts";
import { hookUrl } from "../receive/hook-url.ts";

/** Plays the connections that are named, else all simulated ones, to the Bellhop that runs here. */
export async function simulate(names: readonly string[], options: SimulateOptions): Promise<void> {
  const settings = readSettings(readEnvironment());
  const registry = await loadRegistry(settings, [productIntegrations]);
  const connections = await chooseConnections(registry, names);
  await checkRunning(settings, connections);
  const simulation = await startSimulation(planOf(connections, options), Date.now());
  const stop = new AbortController();
  const onSignal = () => {
    stop.abort();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, onSignal);
  try {
    const tally = await playAndTell(settings, connections, simulation, options, stop.signal);
    if (options.stay) await answerUntilStopped(connections, stop.signal);
    if (tally.lost > 0) throw new Error(`${tally.lost} calls were not taken`);
  } finally {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, onSignal);
    await simulation.server.close();
  }
}

async function playAndTell(
  settings: Settings,
  connections: readonly SimulatedConnection[],
  simulation: Simulation,
  { wait, stay = false }: SimulateOptions,
  signal: AbortSignal,
): Promise<Tally> {
  const { apiToken, publicUrl } = settings;
  const status = apiToken ? new StatusReader(httpClient, publicUrl, apiToken) : undefined;
  const before = await status?.read().catch(messageOf);
  const urls = new Map(connections.map(({ id, token }) => [id, urlOf(settings, id, token)]));
  const progress = createProgress("bookings");
  const startedAt = performance.now();
  const tools = { http: httpClient, progress, signal };
  const { tally, mishaps } = await simulation.play((id) => urls.get(id) ?? "", tools);
  progress.end();
  const seconds = (performance.now() - startedAt) / 1000;
  process.stdout.write(`\nSent to ${publicUrl}\n${tallyTable(tally, seconds, mishaps)}`);

  const after = await waitForAftermath({
    status,
    answered: () => simulation.server.answered,
    longestMs: wait * 1000,
    signal,
    onPatience: () => process.stderr.write(`\n${patienceText(wait, stay)}`),
  });
  const outcome = outcomeTable(before, after, simulation.refused) + reconcileHint(mishaps, stay);
  process.stdout.write(`\nWhat became of them\n${outcome}`);
  return tally;
}

async function answerUntilStopped(
  connections: readonly SimulatedConnection[],
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  process.stderr.write(`\n${stayText(connections.map(({ id }) => id))}`);
  await once(signal, "abort");
}

function urlOf(settings: Settings, id: string, token: string): string {
  return hookUrl(settings, id, token, undefined, false);
}

/** @throws when Bellhop does not run, or does not know the connections as they are configured now. */
async function checkRunning(
  settings: Settings,
  connections: readonly SimulatedConnection[],
): Promise<void> {
  const { publicUrl } = settings;
  try {
    const answer = await httpClient.send({ url: `${publicUrl}/healthz`, timeoutMs: 5_000 });
    if (answer.status !== 200) throw new Error(`/healthz answered ${answer.status}`);
  } catch (cause) {
    throw new Error(
      `Bellhop does not run at ${publicUrl} (${messageOf(cause)}): ` +
        "start it with npm start, or correct PORT or BELLHOP_PUBLIC_URL",
      { cause },
    );
  }
  for (const { id, token } of connections) {
    const url = urlOf(settings, id, token);
    const { status } = await httpClient.send({ method: "HEAD", url, timeoutMs: 5_000 });
    if (status !== 200) {
      throw new Error(
        `the running Bellhop does not take calls of ${id} (it answers ${status}): ` +
          "restart it, so that it reads the configuration as it is now",
      );
    }
  }
}
