import { hash, randomBytes, timingSafeEqual } from "node:crypto";

/** Two tokens are valid at a time, so that one can be changed without losing a call. */
const TOKENS_PER_CONNECTION = 2;

/**
 * Decides whether a caller knows the secret of a connection, or of another thing with a name, in the
 * same time whatever the answer.
 */
export class HookTokens {
  readonly #digests: ReadonlyMap<string, readonly Buffer[]>;
  readonly #nobody = digestsOf([]);

  constructor(connections: Iterable<{ id: string; tokens: readonly string[] }>) {
    this.#digests = new Map(
      [...connections].map(({ id, tokens }) => [id, digestsOf(tokens)] as const),
    );
  }

  /** Whether a connection has this name. Says nothing to callers: ask only after `accepts`. */
  knows(connection: string): boolean {
    return this.#digests.has(connection);
  }

  accepts(connection: string, token: string): boolean {
    const presented = digest(token);
    let isKnown = false;
    for (const known of this.#digests.get(connection) ?? this.#nobody) {
      if (timingSafeEqual(known, presented)) isKnown = true;
    }
    return isKnown;
  }
}

/** Always the same number of digests: missing tokens are filled up with ones that nobody has. */
function digestsOf(tokens: readonly string[]): Buffer[] {
  const fillers = Array.from({ length: TOKENS_PER_CONNECTION - tokens.length }, () =>
    randomBytes(32),
  );
  return [...tokens.map(digest), ...fillers];
}

function digest(token: string): Buffer {
  return hash("sha256", token, "buffer");
}
