import type { HttpClient } from "../sdk/context.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { hint } from "../settings/config-problems.ts";
import { type Pace, play, type Tally } from "./player.ts";
import { type Cast, Playlist, type PlaylistOptions } from "./playlist.ts";
import type { Progress } from "./progress.ts";
import { seedFor } from "./random.ts";
import type { SimulatedConnection } from "./simulated-connections.ts";
import { serveSystems, type SystemServer } from "./system-server.ts";

export interface SimulationPlan extends PlaylistOptions {
  connections: readonly SimulatedConnection[];
  /** Only this story. */
  only?: string;
  pace: Pace;
}

/** Simulated systems that are up: their APIs answer, and their stories can be told. */
export interface Simulation {
  readonly server: SystemServer;
  play(hookUrlOf: (connection: string) => string, tools: PlayTools): Promise<Tally>;
}

export interface PlayTools {
  http: HttpClient;
  progress: Progress;
  signal: AbortSignal;
}

/** @throws SettingsError when no system knows the only story wanted, Error when an address is taken. */
export async function startSimulation(plan: SimulationPlan, now: number): Promise<Simulation> {
  const systems = plan.connections.map(({ id, simulator, apiBaseUrl }) => ({
    connection: id,
    apiBaseUrl,
    system: simulator.create({ seed: seedFor(id, plan.seed), now }),
  }));
  const cast = castOf(systems, plan.only);
  const server = await serveSystems(systems);
  return {
    server,
    play: (hookUrlOf, { http, progress, signal }) => {
      const playlist = new Playlist(cast, plan);
      return play(playlist, {
        http,
        urlOf: hookUrlOf,
        pace: plan.pace,
        keepsOrder: plan.reorder !== true,
        signal,
        onAnswer: ({ calls }) => {
          progress.update({ finished: playlist.finished, total: plan.stories, calls });
        },
      });
    },
  };
}

function castOf(systems: readonly Omit<Cast, "stories">[], only: string | undefined): Cast[] {
  const cast = systems.map(({ connection, system }) => ({
    connection,
    system,
    stories: system.stories.filter((story) => only === undefined || story === only),
  }));
  if (only !== undefined && cast.every(({ stories }) => stories.length === 0)) {
    const known = [...new Set(systems.flatMap(({ system }) => system.stories))];
    throw new SettingsError([`--only: no story is called ${only}${hint(only, known)}`]);
  }
  return cast;
}
