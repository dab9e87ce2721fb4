import type { SimulatedConnection } from "./simulated-connections.ts";
import type { SimulationPlan } from "./simulation.ts";

/** What a person asks for. */
export interface SimulateOptions {
  stories: number;
  only?: string;
  seed: number;
  bookings?: number;
  repeats: number;
  reorder?: true;
  losses: number;
  late: number;
  silent: number;
  /** Seconds. */
  lag?: number;
  /** Calls an hour. */
  limit?: number;
  moving?: true;
  /** Calls a second, unless `burst` is set. */
  rate: number;
  /** Connections. */
  burst?: number;
  /** Seconds. */
  wait: number;
  stay?: boolean;
}

/** Calls of so many bookings are mixed at least. */
const FEWEST_TOGETHER = 12;

export function planOf(
  connections: readonly SimulatedConnection[],
  options: SimulateOptions,
): SimulationPlan {
  const { stories, only, seed, bookings, repeats, reorder, losses, late, silent } = options;
  const { lag, limit, moving, rate, burst } = options;
  return {
    connections,
    seed,
    stories,
    repeats,
    reorder: reorder === true,
    losses,
    late,
    silent,
    pace: burst === undefined ? { perSecond: rate } : { connections: burst },
    api: {
      ...(lag !== undefined && { lagMs: lag * 1000 }),
      ...(limit !== undefined && { hourlyLimit: limit }),
      ...(moving && { hasMovingRows: true }),
    },
    ...(bookings !== undefined && { bookings }),
    ...(only !== undefined && { only }),
    // As many open at once as can be called at once, or the burst would be none.
    ...(burst !== undefined && { together: Math.max(FEWEST_TOGETHER, burst) }),
  };
}
