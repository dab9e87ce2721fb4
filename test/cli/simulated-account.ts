import type { AnyIntegration } from "../../src/registry/loaded-integration.ts";
import type { SimulatedSystem } from "../../src/sdk/simulator.ts";
import { type VendorServer, vendorServer } from "../../src/sdk/testing.ts";

export const TOKEN = "hook-token-of-the-check-0123456789";

export interface SimulatedAccount extends VendorServer {
  system: SimulatedSystem;
}

/** The simulated account of a booking system, whose API answers over HTTP. */
export async function serveSimulated({ simulator }: AnyIntegration): Promise<SimulatedAccount> {
  const system = simulator?.create({ seed: 1, now: Date.now() });
  if (!system) throw new Error("this integration has no simulator");
  const server = await vendorServer((request) => system.answer(request));
  return { ...server, system };
}

/** How `bellhop.yaml` describes a connection to it. */
export function connectionTo(
  { manifest, simulator }: AnyIntegration,
  { url }: VendorServer,
  settings: object = {},
  parts: object = {},
) {
  return {
    source: manifest.id,
    tokens: [TOKEN],
    ...parts,
    settings: { ...simulator?.settings(url), ...settings },
  };
}
