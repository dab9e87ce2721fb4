import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const TOKENS_FILE = "tokens.json";

/** A fresh secret for a callback URL: 192 bits, safe in a path. */
export function newToken(): string {
  return randomBytes(24).toString("base64url");
}

/**
 * What runs when there is no configuration at all: both booking systems and vouchers. The tokens
 * stay in the data folder, so that the callback URLs survive a restart.
 */
export function defaultConfig(dataFolder: string): Record<string, unknown> {
  const tokens = keptTokens(dataFolder, ["tourcms", "planyo"]);
  return {
    connections: {
      tourcms: { source: "tourcms", tokens: [tokens["tourcms"]] },
      planyo: { source: "planyo", tokens: [tokens["planyo"]] },
    },
    integrations: { "voucher-mail": {} },
  };
}

function keptTokens(dataFolder: string, names: readonly string[]): Record<string, string> {
  const file = join(dataFolder, TOKENS_FILE);
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, string>)
    : {};
  const tokens = Object.fromEntries(names.map((name) => [name, kept[name] ?? newToken()]));
  if (names.some((name) => kept[name] === undefined)) {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600 });
  }
  return tokens;
}
