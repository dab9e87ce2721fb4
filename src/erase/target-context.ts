import type { Database } from "../db/database.ts";
import { ERASE, handlersOf, laneOf, withFields } from "../dispatch/run-job.ts";
import type { EffectStore } from "../effects/effect-store.ts";
import { performEffect } from "../effects/perform-effect.ts";
import type { LoadedInstance } from "../registry/registry.ts";
import { NO_CONNECTION } from "../sdk/booking-event.ts";
import type { Clock, ConnectionDefaults, HttpClient, Log } from "../sdk/context.ts";
import type { OAuthTokens } from "../sdk/oauth.ts";
import type { PeopleContext } from "../sdk/people.ts";
import type { ErasingTurn } from "./erasing-turn.ts";
import type { Guest } from "./guests.ts";

export interface TargetParts {
  db: Database;
  effects: EffectStore;
  instances: ReadonlyMap<string, LoadedInstance>;
  log: Log;
  clock: Clock;
  http: HttpClient;
  dataFolder: string;
  connectionOf(id: string): ConnectionDefaults;
  tokensOf(instance: string): OAuthTokens;
}

const TIMEOUT_MS = 5 * 60_000;

/**
 * What a keeper of people borrows.
 *
 * @param fence The right to change anything; without it only questions can be asked.
 */
export async function contextFor(
  parts: TargetParts,
  { id, integration, settings }: LoadedInstance,
  { id: person }: Guest,
  fence?: ErasingTurn,
): Promise<PeopleContext<unknown>> {
  const { effects, log, clock, http, dataFolder } = parts;
  const [handler, scope] = [`${id}/${ERASE}`, `person:${person}`];
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const owner = {
    ...{ handler, scope, connection: NO_CONNECTION, subject: scope },
    ...{ jobId: "-", version: 0 },
  };
  const ledgers = await effects.entries(handler, [scope]);
  return {
    ...{ config: settings, connection: parts.connectionOf(NO_CONNECTION) },
    ...{ clock, http, dataFolder, signal, tokens: parts.tokensOf(id) },
    log: withFields(log, { instance: id, handler }),
    effect: (key, steps) => {
      if (!fence) throw new Error("an export changes nothing");
      const rules = { whenUnsure: "resend", fence, signal } as const;
      return performEffect(effects, owner, rules, key, steps);
    },
    entriesOf: (period) => effects.inPeriod(handlersOf(integration, id), period),
    lane: laneOf(handler, scope),
    ledger: ledgers.get(scope) ?? [],
  };
}
