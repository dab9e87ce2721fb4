import type { Database } from "../db/database.ts";
import { missingMigrations } from "../db/migrate.ts";
import { openDatabase } from "../foundation.ts";
import type { Mailroom } from "../mail/mailroom.ts";
import type { CheckResult } from "../registry/start-checks.ts";
import { messageOf } from "../sdk/errors.ts";
import type { Settings } from "../settings/settings.ts";
import { databasePlace } from "./migrate.ts";

/** What a check found: one line for a person. */
export interface Finding {
  name: string;
  state: "ok" | "warning" | "failed";
  line: string;
  /** More lines below it. */
  details?: readonly string[];
}

/** 128 bits in base64url; a shorter token can be guessed. */
const TOKEN_LENGTH = 22;

export function describeConfiguration({ config, isDefaultConfig }: Settings): Finding {
  const connections = Object.keys(config.connections).length;
  const instances = Object.keys(config.integrations).length;
  const line = isDefaultConfig
    ? 'no bellhop.yaml, the built-in one is used ("bellhop init" writes your own)'
    : `${connections} under connections, ${instances} under integrations`;
  return { name: "configuration", state: "ok", line };
}

/** Whoever guesses a token can send bookings that never were, or read those that are. */
export function shortTokens({ config, apiToken }: Settings): Finding[] {
  const { connections, calendars } = config;
  const findings = Object.entries({ connections, calendars }).flatMap(([kind, entries]) =>
    Object.entries(entries).flatMap(([id, { tokens }]: [string, { tokens: readonly string[] }]) =>
      tokens.some(isShort) ? [shortToken(`${kind}.${id}.tokens`)] : [],
    ),
  );
  return apiToken !== undefined && isShort(apiToken)
    ? [...findings, shortToken("BELLHOP_API_TOKEN")]
    : findings;
}

function isShort(token: string): boolean {
  return token.length < TOKEN_LENGTH;
}

function shortToken(name: string): Finding {
  const line = `a token of fewer than ${TOKEN_LENGTH} characters can be guessed: use a longer one`;
  return { name, state: "warning", line };
}

export async function checkDatabase(settings: Settings): Promise<Finding> {
  let db: Database | undefined;
  try {
    db = await openDatabase(settings);
    const missing = await missingMigrations(db);
    const place = databasePlace(settings);
    const line = missing.length === 0 ? place : `${place}; the next start adds its tables`;
    return { name: "database", state: "ok", line };
  } catch (error) {
    return { name: "database", state: "failed", line: messageOf(error) };
  } finally {
    await db?.close();
  }
}

export async function checkMail(mailroom: Mailroom): Promise<Finding> {
  try {
    return { name: "mail", state: "ok", line: await mailroom.verify() };
  } catch (error) {
    return { name: "mail", state: "failed", line: messageOf(error) };
  }
}

/** @param shadowed Names of what is in shadow, as `inShadow` has them. */
export function findingOf(
  { name, state, line }: CheckResult,
  shadowed: readonly string[],
): Finding {
  const mode = shadowed.includes(name) ? "; in shadow: nothing leaves" : "";
  return { name, state: state === "ok" ? "ok" : "failed", line: line + mode };
}
