import type { Clock, HttpClient, Log } from "./context.ts";

/** Access that a person has given to an account at the other side. */
export interface OAuthTokens {
  /**
   * A token that is good for a while yet; a new one is got where that is due.
   *
   * @throws ConfigurationError when a person has to connect (again), RetryableError when the other
   *   side gives none now.
   */
  access(): Promise<string>;
  /** The other side refused this token before its time: the next `access` gives another one. */
  refused(token: string): Promise<void>;
  /** What `connected` kept. @throws ConfigurationError when nobody has connected. */
  account(): Promise<Readonly<Record<string, string>>>;
}

/** What came of a person's consent. */
export interface Connected {
  /** What is connected, for that person: "Fjord Walks AS (EUR)". */
  line: string;
  /** What the integration wants to read back later, such as the id of one of several accounts. */
  account?: Readonly<Record<string, string>>;
  /** What is still missing until it can be used, and how to put it right. */
  todo?: string;
}

export interface ConnectedContext<Config> {
  config: Config;
  accessToken: string;
  log: Log;
  clock: Clock;
  http: HttpClient;
  signal: AbortSignal;
}

/**
 * How a person gives Bellhop access to an account (OAuth 2.0, authorization code with PKCE). With
 * it, `bellhop connect <instance>` works and contexts have `tokens`.
 */
export interface OAuth<Config> {
  authorizeUrl(config: Config): string;
  tokenUrl(config: Config): string;
  clientId(config: Config): string;
  /** Absent: a client without a secret. */
  clientSecret?(config: Config): string | undefined;
  scopes(config: Config): readonly string[];
  /** More parameters for the consent page: `access_type=offline`. */
  parameters?(config: Config): Readonly<Record<string, string>>;
  /**
   * Finds out what has been connected. Nothing is kept when it throws.
   *
   * @throws ConfigurationError with what is wrong and what to do, for the person who has agreed.
   */
  connected?(context: ConnectedContext<Config>): Promise<Connected>;
}
