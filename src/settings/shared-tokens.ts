import { type Locate, pathText } from "./config-problems.ts";
import type { Config } from "./config-schema.ts";

/**
 * Whoever has the link of a calendar could make bookings with a token that is a connection's as
 * well, and read another calendar by its name.
 */
export function sharedTokens({ connections, calendars }: Config, locate: Locate): string[] {
  const secrets = [...secretsIn("connections", connections), ...secretsIn("calendars", calendars)];
  return secrets.flatMap(({ token, kind, id, index }) => {
    const other = secrets.find(
      (one) => one.token === token && (one.kind !== kind || one.id !== id),
    );
    if (!other || kind === "connections") return [];
    const path = [kind, id, "tokens", index];
    const owner = `${other.kind}.${other.id}`;
    return [`${locate(path)}: ${pathText(path)}: is a token of ${owner} too: give it its own`];
  });
}

function secretsIn(kind: string, entries: Readonly<Record<string, { tokens: readonly string[] }>>) {
  return Object.entries(entries).flatMap(([id, { tokens }]) =>
    tokens.map((token, index) => ({ token, kind, id, index })),
  );
}
