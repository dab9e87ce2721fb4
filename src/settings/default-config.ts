import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TOKENS_FILE = "tokens.json";

/** Booking systems of an installation that has not said which it has; each names a connection. */
export const DEFAULT_SOURCES: readonly string[] = ["tourcms", "planyo"];

/** A fresh secret for a callback URL: 192 bits, safe in a path. */
export function newToken(): string {
  return randomBytes(24).toString("base64url");
}

/**
 * What runs when there is no configuration at all: both booking systems and vouchers. The tokens
 * stay in the data folder, so that the callback URLs survive a restart.
 */
export function defaultConfig(dataFolder: string): Record<string, unknown> {
  const tokens = tokensFor(dataFolder, DEFAULT_SOURCES);
  const connections = DEFAULT_SOURCES.map(
    (source) => [source, { source, tokens: [tokens[source]] }] as const,
  );
  return { connections: Object.fromEntries(connections), integrations: { "voucher-mail": {} } };
}

/** Tokens of earlier starts without a configuration: their callback URLs may be in use. */
export function keptTokens(dataFolder: string): Readonly<Record<string, string>> {
  const file = join(dataFolder, TOKENS_FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, string>) : {};
}

function tokensFor(dataFolder: string, names: readonly string[]): Record<string, string> {
  const file = join(dataFolder, TOKENS_FILE);
  const kept = keptTokens(dataFolder);
  const tokens = Object.fromEntries(names.map((name) => [name, kept[name] ?? newToken()]));
  if (names.some((name) => kept[name] === undefined)) {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    // Whole or not at all: a start that is killed here must not leave half a file behind.
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600 });
    renameSync(unfinished, file);
  }
  return tokens;
}
