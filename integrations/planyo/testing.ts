import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { FetchContext, Notice, SimulatedAnswer } from "#sdk";
import { delivery, fetchContext, memoryLog, sourceContext, vendorServer } from "#sdk/testing";

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

/** What a call to the API says, without the key and the hash. */
export type Parameters = Readonly<Record<string, string>>;

export interface PlanyoServer {
  /** Every call, in order. */
  readonly calls: Parameters[];
  readonly logLines: readonly string[];
  /** What has been learned, kept from one context to the next. */
  readonly learned: Record<string, string>;
  config(parts?: Record<string, unknown>): PlanyoConfig;
  context(parts?: Record<string, unknown>): FetchContext<PlanyoConfig>;
  close(): Promise<void>;
}

/** An API on loopback that answers each call as the function says. */
export async function planyoServer(
  answer: (parameters: Parameters, call: number) => SimulatedAnswer,
): Promise<PlanyoServer> {
  const calls: Parameters[] = [];
  const learned: Record<string, string> = {};
  const log = memoryLog();
  const server = await vendorServer(({ body }) => {
    const parameters = Object.fromEntries(new URLSearchParams(body.toString()));
    const { api_key, ...told } = parameters;
    calls.push(told);
    return api_key === "k" ? answer(told, calls.length - 1) : refused(1, "Invalid API key");
  });
  const config = (parts: Record<string, unknown> = {}) =>
    settings({
      siteId: "77001",
      apiKey: "k",
      apiBaseUrl: `${server.url}/rest/`,
      secondsBetweenCalls: 0,
      ...parts,
    });
  return {
    calls,
    learned,
    logLines: log.lines,
    config,
    context: (parts) =>
      fetchContext(config(parts), {
        learned: { ...learned },
        learn: (name, value) => (learned[name] = value),
        log,
      }),
    close: () => server.close(),
  };
}

export function told(data: unknown): SimulatedAnswer {
  return { status: 200, body: JSON.stringify({ data, response_code: 0, response_message: "" }) };
}

export function refused(code: number, message: string): SimulatedAnswer {
  const body = { data: null, response_code: code, response_message: message };
  return { status: 200, body: JSON.stringify(body) };
}

export function savedAnswer(name: string): SimulatedAnswer {
  return { status: 200, body: fixture(`api/${name}`).toString() };
}
