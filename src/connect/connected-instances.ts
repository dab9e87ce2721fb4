import type { LoadedInstance, Registry } from "../registry/registry.ts";
import type { OAuthTokens } from "../sdk/oauth.ts";
import type { Client } from "./token-endpoint.ts";
import { NO_TOKENS, Tokens, type TokensParts } from "./tokens.ts";

/** The tokens of all instances, each made once: jobs that need a new token wait for one refresh. */
export class ConnectedInstances {
  readonly #registry: Registry;
  readonly #parts: TokensParts;
  readonly #made = new Map<string, OAuthTokens>();

  constructor(registry: Registry, parts: TokensParts) {
    this.#registry = registry;
    this.#parts = parts;
  }

  of(id: string): OAuthTokens {
    const known = this.#made.get(id);
    if (known) return known;
    const instance = this.#registry.instances.get(id);
    const client = instance && clientOf(instance);
    const tokens = client ? new Tokens(id, client, this.#parts) : NO_TOKENS;
    this.#made.set(id, tokens);
    return tokens;
  }
}

/** @returns undefined for an integration that nobody connects. */
export function clientOf({ integration, settings }: LoadedInstance): Client | undefined {
  const { oauth } = integration;
  if (!oauth) return undefined;
  return {
    tokenUrl: oauth.tokenUrl(settings),
    clientId: oauth.clientId(settings),
    clientSecret: oauth.clientSecret?.(settings),
  };
}
