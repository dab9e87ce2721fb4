import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import type { HttpClient, Log } from "../sdk/context.ts";
import { ConfigurationError, kindOf, messageOf, RetryableError } from "../sdk/errors.ts";
import type { OAuthTokens } from "../sdk/oauth.ts";
import { askForTokens, type Client, type Grant, GrantOverError } from "./token-endpoint.ts";
import type { KeptTokens, TokenStore } from "./token-store.ts";

export interface TokensParts {
  store: TokenStore;
  http: HttpClient;
  log: Log;
}

/** A job may take a while with a token in its hand. */
const MARGIN_MS = 120_000;
/** Of tokens that live for less than minutes. */
const MARGIN_SHARE = 0.2;
const POLL_MS = 100;
/** Longer than a claim lasts: whoever holds it has died by then. */
const PATIENCE_MS = 45_000;
/** While the claim is ours. */
const STORING_MS = 15_000;

/**
 * The tokens of one instance. Of all processes one refreshes at a time: it takes the claim in the
 * store, asks, and stores the answer before anybody uses it; the others wait and read. Many servers
 * end the whole grant when a refresh token that has been replaced is shown once more.
 */
export class Tokens implements OAuthTokens {
  readonly #instance: string;
  readonly #client: Client;
  readonly #parts: TokensParts;
  #refreshing: Promise<string> | undefined;

  constructor(instance: string, client: Client, parts: TokensParts) {
    this.#instance = instance;
    this.#client = client;
    this.#parts = parts;
  }

  /** Read anew each time: somebody may have connected another account meanwhile. */
  async access(): Promise<string> {
    const kept = await this.#parts.store.read(this.#instance);
    if (isFresh(kept)) return kept.accessToken;
    this.#refreshing ??= this.#fresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async refused(token: string): Promise<void> {
    const { accessToken, version } = await this.#parts.store.read(this.#instance);
    // Otherwise it has been replaced already.
    if (accessToken === token) await this.#parts.store.expire(this.#instance, version);
  }

  async account(): Promise<Readonly<Record<string, string>>> {
    return (await this.#parts.store.read(this.#instance)).account;
  }

  async #fresh(): Promise<string> {
    const deadline = performance.now() + PATIENCE_MS;
    while (performance.now() < deadline) {
      const kept = await this.#parts.store.read(this.#instance);
      if (isFresh(kept)) return kept.accessToken;
      const claim = randomUUID();
      if (await this.#parts.store.claim(this.#instance, kept.version, claim)) {
        const token = await this.#refresh(kept, claim);
        if (token !== undefined) return token;
      } else await sleep(POLL_MS);
    }
    throw new RetryableError("another process has not come back with a new token");
  }

  /** @returns undefined when the store has something newer than what was refreshed. */
  async #refresh(kept: KeptTokens, claim: string): Promise<string | undefined> {
    const { store, log } = this.#parts;
    const instance = this.#instance;
    let grant: Grant;
    try {
      grant = await this.#ask(kept);
    } catch (error) {
      if (error instanceof GrantOverError) {
        // Not when somebody has connected meanwhile: then that is what is read next.
        await store.refuse(instance, kept.version, messageOf(error));
        log.warn({ instance, reason: messageOf(error) }, "access is over: a person has to connect");
        return undefined;
      }
      await store.giveUp(instance, claim);
      // Nothing was lost: what was asked is asked again with the token that is still kept.
      throw named(instance, error);
    }
    if (!(await this.#store(kept, grant))) return undefined;
    log.debug({ instance }, "access token refreshed");
    return grant.accessToken;
  }

  async #ask({ refreshToken }: KeptTokens): Promise<Grant> {
    if (refreshToken === undefined) {
      throw new GrantOverError("the access token has ended, and there is none to refresh it with");
    }
    const parameters = { grant_type: "refresh_token", refresh_token: refreshToken };
    const grant = await askForTokens(this.#client, parameters, this.#parts.http);
    return { refreshToken, ...grant };
  }

  /** The store may be away for a moment, and the token before may be good no longer. */
  async #store(kept: KeptTokens, grant: Grant): Promise<boolean> {
    const deadline = performance.now() + STORING_MS;
    for (;;) {
      try {
        return await this.#parts.store.replace(this.#instance, kept.version, grant);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(POLL_MS);
      }
    }
  }
}

function isFresh({ leftMs, lifetimeMs }: KeptTokens): boolean {
  return leftMs > Math.min(MARGIN_MS, lifetimeMs * MARGIN_SHARE);
}

/** Whoever reads it in a list of jobs wants to know whose tokens it is about. */
function named(instance: string, cause: unknown): unknown {
  const what = `no access for ${instance}: ${messageOf(cause)}`;
  // Whatever became of the refresh, nothing has been done with the job's own calls.
  if (kindOf(cause) === "retryable") {
    const { retryAfterMs = 0 } = cause as { retryAfterMs?: number };
    return new RetryableError(what, { cause, retryAfterMs });
  }
  return kindOf(cause) === "configuration" ? new ConfigurationError(what, { cause }) : cause;
}

/** Of an instance whose integration has no use for any. */
export const NO_TOKENS = without(
  () => new ConfigurationError("this integration has no `oauth`, so there are no tokens for it"),
);

/** For a process that has no store open. */
export const UNREADABLE_TOKENS = without(
  () => new RetryableError("the tokens are in the database, which cannot be read now"),
);

function without(why: () => Error): OAuthTokens {
  return {
    access: () => Promise.reject(why()),
    refused: () => Promise.resolve(),
    account: () => Promise.reject(why()),
  };
}
