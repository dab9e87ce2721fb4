import { hash, randomBytes } from "node:crypto";

import type { LoadedInstance, Registry } from "../registry/registry.ts";
import type { Clock, HttpClient, Log } from "../sdk/context.ts";
import { kindOf, messageOf, RetryableError } from "../sdk/errors.ts";
import type { Connected, OAuth } from "../sdk/oauth.ts";
import { clientOf } from "./connected-instances.ts";
import type { Link, LinkStore } from "./link-store.ts";
import type { SecretKey } from "./secret-key.ts";
import { askForTokens, GrantOverError } from "./token-endpoint.ts";
import type { TokenStore } from "./token-store.ts";

export interface ConnectorParts {
  registry: Registry;
  links: LinkStore;
  tokens: TokenStore;
  key: SecretKey;
  http: HttpClient;
  clock: Clock;
  log: Log;
  /** Without a slash at the end. */
  publicUrl: string;
  /** What has waited for it may go on. */
  onConnected: (instance: LoadedInstance) => Promise<void>;
}

/** How far a person has got. */
export type Outcome =
  | { kind: "consent"; url: string; browser: string }
  | { kind: "connected"; vendor: string; instance: string; line: string; todo?: string }
  /** `again`: the same link may be opened once more. */
  | { kind: "failed"; title: string; line: string; again: boolean };

/** What comes back of the other side's page. */
export interface Answer {
  state: string;
  /** What the browser was given when it left; another browser has none of it. */
  browser: string;
  code?: string;
  /** Why there is no code, as the other side calls it. */
  error?: string;
}

/** What travels through the browser, sealed: nobody there can read or make one. */
interface Journey {
  link: string;
  verifier: string;
  browser: string;
}

const HOOK_MS = 30_000;

const NOT_GOOD: Outcome = {
  kind: "failed",
  title: "This link is not good any more",
  line: "It has been used, has been replaced by a newer one, or is more than an hour old.",
  again: false,
};

const LOST: Outcome = {
  kind: "failed",
  title: "This answer belongs to no link",
  line: "It was begun in another browser, or has been answered already. Open the link again, in one browser from beginning to end.",
  again: false,
};

/**
 * Takes a person from a link to the other side's page of consent and back (RFC 6749 with RFC 7636).
 * Opening a link changes nothing, so that programs that look at links in mails do no harm; it is
 * used up when the other side's answer has been good.
 */
export class Connector {
  readonly #parts: ConnectorParts;

  constructor(parts: ConnectorParts) {
    this.#parts = parts;
  }

  get redirectUri(): string {
    return `${this.#parts.publicUrl}/connect/callback`;
  }

  async open(instance: string, token: string): Promise<Outcome> {
    const link = await this.#parts.links.byToken(instance, token);
    const known = link && this.#oauthOf(link);
    if (!link || !known || link.isExpired || link.state !== "open") return NOT_GOOD;
    const { oauth, loaded } = known;
    const [verifier, browser] = [secret(), secret()];
    const journey: Journey = { link: link.id, verifier, browser };
    const url = new URL(oauth.authorizeUrl(loaded.settings));
    const parameters = {
      response_type: "code",
      client_id: oauth.clientId(loaded.settings),
      redirect_uri: this.redirectUri,
      scope: oauth.scopes(loaded.settings).join(" "),
      code_challenge: hash("sha256", verifier, "base64url"),
      code_challenge_method: "S256",
      ...oauth.parameters?.(loaded.settings),
      state: this.#sealed(journey),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return { kind: "consent", url: url.href, browser };
  }

  async answered({ state, browser, code, error }: Answer): Promise<Outcome> {
    const journey = this.#unsealed(state);
    if (journey?.browser !== browser) return LOST;
    const link = await this.#parts.links.byId(journey.link);
    const known = link && this.#oauthOf(link);
    if (!link || !known) return NOT_GOOD;
    if (link.state === "done") return again(link, known.loaded); // the page was loaded once more
    if (link.isExpired) return NOT_GOOD;
    // A code is good for one time: of two answers that come at once one is looked at.
    if (!(await this.#parts.links.take(link.id))) return LOST;
    const { name } = known.loaded.integration.manifest;
    try {
      if (code === undefined) return await this.#end(link, refusal(name, error));
      return await this.#end(link, await this.#connect(known.loaded, known.oauth, journey, code));
    } catch (cause) {
      this.#parts.log.warn({ instance: link.instance, reason: messageOf(cause) }, "not connected");
      return this.#end(link, failure(name, cause));
    }
  }

  async #connect(
    loaded: LoadedInstance,
    oauth: OAuth<unknown>,
    { verifier }: Journey,
    code: string,
  ): Promise<Outcome> {
    const { http, log, clock, tokens } = this.#parts;
    const client = clientOf(loaded);
    if (!client) throw new Error("not reached: it has oauth");
    const parameters = {
      ...{ grant_type: "authorization_code", code, code_verifier: verifier },
      redirect_uri: this.redirectUri,
    };
    const grant = await askForTokens(client, parameters, http);
    const config = loaded.settings;
    const signal = AbortSignal.timeout(HOOK_MS);
    const context = { config, accessToken: grant.accessToken, http, log, clock, signal };
    const found: Connected = (await oauth.connected?.(context)) ?? { line: "" };
    await tokens.connect(loaded.id, grant, found.account ?? {});
    log.info({ instance: loaded.id }, "connected");
    await this.#parts.onConnected(loaded);
    const vendor = loaded.integration.manifest.name;
    const { line, todo } = found;
    return {
      kind: "connected",
      vendor,
      instance: loaded.id,
      line,
      ...(todo !== undefined && { todo }),
    };
  }

  async #end({ id }: Link, outcome: Outcome): Promise<Outcome> {
    const { links } = this.#parts;
    if (outcome.kind === "connected") {
      const { vendor, line, todo } = outcome;
      await links.end(id, "done", [line || vendor, todo].filter(Boolean).join(". "));
    } else if (outcome.kind === "failed") {
      await links.end(id, "open", `${outcome.title}. ${outcome.line}`);
    }
    return outcome;
  }

  #oauthOf({ instance }: Link): { loaded: LoadedInstance; oauth: OAuth<unknown> } | undefined {
    const loaded = this.#parts.registry.instances.get(instance);
    const oauth = loaded?.integration.oauth as OAuth<unknown> | undefined;
    return loaded && oauth && { loaded, oauth };
  }

  /** The key is the installation's: any of its processes can answer for any other. */
  #sealed(journey: Journey): string {
    const { keyId, sealed } = this.#parts.key.seal("journey", JSON.stringify(journey));
    return `${keyId}.${sealed.toString("base64url")}`;
  }

  #unsealed(state: string): Journey | undefined {
    const [keyId = "", text = ""] = state.split(".");
    try {
      const sealed = Buffer.from(text, "base64url");
      return JSON.parse(this.#parts.key.open("journey", { keyId, sealed })) as Journey;
    } catch {
      return undefined; // made up, or made by another installation
    }
  }
}

function secret(): string {
  return randomBytes(32).toString("base64url");
}

function again({ instance, line = "" }: Link, { integration }: LoadedInstance): Outcome {
  return { kind: "connected", vendor: integration.manifest.name, instance, line };
}

function refusal(vendor: string, error: string | undefined): Outcome {
  const code = error !== undefined && /^[a-z_]{1,40}$/.test(error) ? error : "no code";
  const line =
    code === "access_denied"
      ? `${vendor} says that access was not granted. Open the link again and choose to allow it.`
      : `${vendor} says "${code}". Whoever runs Bellhop may have to correct the app's settings there.`;
  return { kind: "failed", title: "Nothing has been connected", line, again: true };
}

function failure(vendor: string, cause: unknown): Outcome {
  const title = "Nothing has been connected";
  if (cause instanceof GrantOverError) {
    const line = `${vendor} does not take its own answer any more. Open the link again.`;
    return { kind: "failed", title, line, again: true };
  }
  const kind = kindOf(cause);
  if (kind === "configuration" || kind === "permanent") {
    return { kind: "failed", title, line: sentence(messageOf(cause)), again: true };
  }
  const line =
    cause instanceof RetryableError || kind === "retryable"
      ? `${vendor} could not be asked just now (${messageOf(cause)}). Open the link again in a minute.`
      : "This is a fault of Bellhop: its log tells more.";
  return { kind: "failed", title, line, again: true };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
