import type { SimulatedSystem } from "../sdk/simulator.ts";
import { SettingsError } from "../settings/settings-error.ts";

/** What not every simulated system can do. */
export interface Demands {
  bookings?: number;
  silent?: number;
  api?: { hourlyLimit?: number };
}

/** @throws SettingsError with a line for each thing that is wanted of a system that cannot do it. */
export function checkSupport(
  systems: readonly { connection: string; system: SimulatedSystem }[],
  demands: Demands,
): void {
  const faults = systems.flatMap(({ connection, system }) =>
    lacking(system, demands).map(
      ([option, why]) =>
        `connection ${connection}: ${option}: its simulator ${why}; leave the option out, ` +
        "or name the connections to play",
    ),
  );
  if (faults.length > 0) throw new SettingsError(faults);
}

function lacking(
  system: SimulatedSystem,
  { bookings = 0, silent = 0, api }: Demands,
): (readonly [option: string, why: string])[] {
  const faults: (readonly [string, string])[] = [];
  if (bookings > 0 && !system.populate) {
    faults.push(["--bookings", "has no bookings but those it plays"]);
  }
  if (silent > 0 && !system.changeSilently) {
    faults.push(["--silent", "changes nothing without a call"]);
  }
  // A simulator that counts no calls cannot know which of them is one too many.
  if (api?.hourlyLimit !== undefined && !system.calls) {
    faults.push(["--limit", "does not count the calls to its API"]);
  }
  return faults;
}
