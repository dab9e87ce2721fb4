import { createHash } from "node:crypto";

import { Collector } from "./collector.ts";
import type { HubSpotConfig } from "./config.ts";
import { Pace } from "./pace.ts";

/** What all jobs of this process share that write to one account. */
export interface Account {
  pace: Pace;
  /** By what is asked: path, key, properties. */
  collectors: Map<string, Collector<never, unknown>>;
}

const accounts = new Map<string, Account>();

export function accountOf({ apiBaseUrl, token }: HubSpotConfig): Account {
  const name = createHash("sha256")
    .update(JSON.stringify([apiBaseUrl, token]))
    .digest("hex");
  const account = accounts.get(name) ?? { pace: new Pace(), collectors: new Map() };
  accounts.set(name, account);
  return account;
}

export function collectorOf<In, Out>({ collectors }: Account, name: string): Collector<In, Out> {
  const collector = collectors.get(name) ?? new Collector<never, unknown>();
  collectors.set(name, collector);
  return collector as unknown as Collector<In, Out>;
}
