import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Notice } from "#sdk";
import { delivery, sourceContext } from "#sdk/testing";

import { PlanyoConfig } from "./config.ts";
import { read } from "./source.ts";

/** Shared by the tests of this folder. */

export function fixture(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, "fixtures", name));
}

export function fixtureJson(name: string): unknown {
  return JSON.parse(fixture(name).toString());
}

export function settings(parts: Record<string, unknown> = {}): PlanyoConfig {
  return PlanyoConfig.parse({ timeZone: "Europe/Madrid", ...parts });
}

/** Reads the body of a POST and expects one notice. */
export function readBody(body: string | Buffer, parts: Record<string, unknown> = {}): Notice {
  const post = delivery({ method: "POST", body: Buffer.from(body) });
  const [notice, ...others] = read(post, sourceContext(settings(parts)));
  if (!notice || others.length > 0) throw new Error(`expected one notice, got ${others.length}`);
  return notice;
}

export function readFixture(name: string, parts: Record<string, unknown> = {}): Notice {
  return readBody(fixture(name), parts);
}
