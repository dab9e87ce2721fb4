import { createHash } from "node:crypto";

import { Collector } from "./collector.ts";
import type { HubSpotConfig } from "./config.ts";
import { Pace } from "./pace.ts";
import type { HubSpotRecord, Key, Upsert } from "./records.ts";

/** What all jobs of this process share that write to one account. */
export interface Account {
  pace: Pace;
  lookUps: Collectors<Key, HubSpotRecord | undefined>;
  upserts: Collectors<Upsert, HubSpotRecord>;
}

/** One for each way of asking: what type of record, by which property, for which properties. */
export class Collectors<In, Out> {
  readonly #all = new Map<string, Collector<In, Out>>();

  of(...way: readonly string[]): Collector<In, Out> {
    const name = way.join(" ");
    const collector = this.#all.get(name) ?? new Collector<In, Out>();
    this.#all.set(name, collector);
    return collector;
  }
}

const accounts = new Map<string, Account>();

export function accountOf({ apiBaseUrl, token }: HubSpotConfig): Account {
  const name = createHash("sha256")
    .update(JSON.stringify([apiBaseUrl, token]))
    .digest("hex");
  const account = accounts.get(name) ?? {
    pace: new Pace(),
    lookUps: new Collectors(),
    upserts: new Collectors(),
  };
  accounts.set(name, account);
  return account;
}
