import type { HttpClient } from "../sdk/context.ts";
import { messageOf } from "../sdk/errors.ts";
import type { SimulatorOptions } from "../sdk/simulator.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { hint } from "../settings/config-problems.ts";
import type { MishapCounts } from "./mishaps.ts";
import { type Pace, play, type Tally } from "./player.ts";
import { type Cast, Playlist, type PlaylistOptions } from "./playlist.ts";
import type { Progress } from "./progress.ts";
import { seedFor } from "./random.ts";
import type { SimulatedConnection } from "./simulated-connections.ts";
import { checkSupport } from "./support.ts";
import { serveSystems, type SystemServer } from "./system-server.ts";

/** What the API of each system is like. */
type ApiOptions = Pick<SimulatorOptions, "lagMs" | "hourlyLimit" | "hasMovingRows">;

export interface SimulationPlan extends PlaylistOptions {
  connections: readonly SimulatedConnection[];
  /** Only this story. */
  only?: string;
  pace: Pace;
  /** Bookings that each system has before it is played, and that no call tells. */
  bookings?: number;
  api?: ApiOptions;
}

/** Simulated systems that are up: their APIs answer, and their stories can be told. */
export interface Simulation {
  readonly server: SystemServer;
  /** Calls to the APIs so far that were over their limit. */
  readonly refused: number;
  play(hookUrlOf: (connection: string) => string, tools: PlayTools): Promise<Played>;
}

export interface Played {
  tally: Tally;
  mishaps: MishapCounts;
}

export interface PlayTools {
  http: HttpClient;
  progress: Progress;
  signal: AbortSignal;
}

/**
 * @throws SettingsError when a system cannot do what is wanted, or none knows the only story; Error
 *   when an address is taken.
 */
export async function startSimulation(plan: SimulationPlan, now: number): Promise<Simulation> {
  const systems = plan.connections.map(({ id, simulator, apiBaseUrl }) => ({
    connection: id,
    apiBaseUrl,
    system: simulator.create({ ...plan.api, seed: seedFor(id, plan.seed), now }),
  }));
  checkSupport(systems, plan);
  const cast = castOf(systems, plan.only);
  for (const played of systems) populate(played, plan.bookings ?? 0);
  const server = await serveSystems(systems);
  return {
    server,
    get refused() {
      const counts = systems.map(({ system }) => system.calls?.get("refused") ?? 0);
      return counts.reduce((sum, count) => sum + count, 0);
    },
    play: async (hookUrlOf, { http, progress, signal }) => {
      const playlist = new Playlist(cast, plan);
      const tally = await play(playlist, {
        http,
        urlOf: hookUrlOf,
        pace: plan.pace,
        keepsOrder: plan.reorder !== true,
        signal,
        onAnswer: ({ calls }) => {
          progress.update({ finished: playlist.finished, total: plan.stories, calls });
        },
      });
      return { tally, mishaps: playlist.mishaps };
    },
  };
}

type PlayedSystem = Omit<Cast, "stories">;

function populate({ connection, system }: PlayedSystem, bookings: number): void {
  if (bookings === 0) return;
  try {
    system.populate?.(bookings);
  } catch (cause) {
    const problem = `connection ${connection}: --bookings ${bookings}: ${messageOf(cause)}`;
    throw new SettingsError([problem], { cause });
  }
}

function castOf(systems: readonly PlayedSystem[], only: string | undefined): Cast[] {
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
