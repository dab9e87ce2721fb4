import { createHash } from "node:crypto";

import type { z } from "zod";

import { ConfigurationError, type HttpResponse, RetryableError } from "#sdk";
import type { TargetContext } from "#sdk/accounting";

import { judge } from "./answer.ts";
import type { XeroConfig } from "./config.ts";

export type CallContext = Pick<
  TargetContext<XeroConfig>,
  "config" | "log" | "http" | "clock" | "tokens" | "signal"
>;

export interface Call {
  method: "GET" | "PUT" | "POST";
  /** Below `/api.xro/2.0/`. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean>>;
  body?: object;
  /** Of a write: says what it is for, the same at every try. */
  key?: string;
  /** Texts of guests that Xero may quote in a refusal. */
  hidden?: readonly string[];
}

/** Longer keys are refused. */
const LONGEST_KEY = 128;
/** Calls that one document may need. */
const CALLS_PER_DOCUMENT = 8;
const PAGE = 100;
const MINUTE_MS = 60_000;
const FEW_CALLS_LEFT = 200;

/** Thin: one call, and what its answer means. Whoever uses it decides what is asked. */
export class XeroClient {
  /** Something has been asked to be written: half of a document may be there when a call fails. */
  hasWritten = false;
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  /** All of a kind, page by page. */
  async list<T>(name: string, shape: z.ZodType<T>, where: string): Promise<T[]> {
    const found: T[] = [];
    for (let page = 1; ; page += 1) {
      const query = { where, page, pageSize: PAGE };
      const rows = await this.read({ method: "GET", path: name, query }, name, shape);
      found.push(...rows);
      if (rows.length < PAGE) return found;
    }
  }

  async first<T>(call: Call, name: string, shape: z.ZodType<T>): Promise<T> {
    const [one] = await this.read(call, name, shape);
    if (one) return one;
    const what = `Xero answered ${call.method} ${call.path} without what was asked for`;
    throw new RetryableError(what, { mayHaveHappened: call.method !== "GET" });
  }

  async read<T>(call: Call, name: string, shape: z.ZodType<T>): Promise<T[]> {
    const answer = await this.send(call);
    const rows = (Object(answer) as Record<string, unknown>)[name];
    if (!Array.isArray(rows)) return [];
    return rows.map((row) => {
      const result = shape.safeParse(row);
      if (result.success) return result.data;
      const what = `Xero answered ${call.method} ${call.path} in a way that cannot be read`;
      throw new RetryableError(what, { mayHaveHappened: call.method !== "GET" });
    });
  }

  /** @throws what `judge` makes of the answer; ConfigurationError when no token is good enough. */
  async send(call: Call): Promise<unknown> {
    const { tokens, clock } = this.#context;
    const isWrite = call.method !== "GET";
    if (isWrite) this.hasWritten = true;
    const token = await tokens.access();
    let response = await this.#try(call, token);
    if (response.status === 401) {
      await tokens.refused(token);
      response = await this.#try(call, await tokens.access());
    }
    this.#note(response);
    const what = `${call.method} ${call.path.replaceAll(/[0-9a-f-]{36}/g, "…")}`;
    if (response.status === 401) {
      throw new ConfigurationError(`Xero refuses a fresh token at ${what}: connect again`);
    }
    return judge(response, { what, isWrite, hidden: call.hidden ?? [] }, clock.now());
  }

  async #try(call: Call, token: string): Promise<HttpResponse> {
    const { config, http, signal } = this.#context;
    const url = new URL(`${config.apiBaseUrl.replace(/\/$/, "")}/api.xro/2.0/${call.path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      url.searchParams.set(name, String(value));
    }
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    return http.send({
      method: call.method,
      // A plus would be a space for some servers and a plus for others.
      url: url.href.replaceAll("+", "%20"),
      headers: {
        authorization: `Bearer ${token}`,
        "xero-tenant-id": await this.#tenant(),
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(call.key !== undefined && { "idempotency-key": keyOf(call.key, body ?? "") }),
      },
      signal,
      ...(body !== undefined && { body }),
    });
  }

  async #tenant(): Promise<string> {
    const { config, tokens } = this.#context;
    const tenant = config.tenantId ?? (await tokens.account())["tenantId"];
    if (tenant !== undefined) return tenant;
    throw new ConfigurationError(
      "access was given to several organisations: write tenantId into the settings",
    );
  }

  /**
   * Rather not begun than broken off in the middle.
   *
   * @throws RetryableError when the calls that are left this minute may not be enough.
   */
  makeRoom(): void {
    const { clock, config } = this.#context;
    const left = callsLeft.get(config);
    if (!left || left.calls >= CALLS_PER_DOCUMENT) return;
    const waitMs = left.at + MINUTE_MS - clock.now();
    if (waitMs <= 0) return;
    throw new RetryableError("Xero: few calls are left this minute", { retryAfterMs: waitMs });
  }

  #note({ headers, status }: HttpResponse): void {
    const { clock, config, log } = this.#context;
    const [minute, app, day] = ["minlimit", "appminlimit", "daylimit"].map((name) => {
      const text = headers[`x-${name}-remaining`];
      return text === undefined ? undefined : Number(text);
    });
    const calls = Math.min(minute ?? Infinity, app ?? Infinity);
    callsLeft.set(config, { calls, at: clock.now() });
    if (day !== undefined && day < FEW_CALLS_LEFT && status !== 429) {
      log.warn({ left: day }, "few calls are left today");
    }
  }
}

/** What Xero said last of the minute's calls, by instance. Lost at a restart. */
const callsLeft = new WeakMap<XeroConfig, { calls: number; at: number }>();

/**
 * The same for the same thing in the same words. Xero answers a key it knows as before, and refuses
 * one that comes with another body; the words of a booking may have changed between two tries.
 */
function keyOf(key: string, body: string): string {
  const whole = `${key} ${sha256(body).slice(0, 16)}`;
  // Headers carry no letters beyond ASCII.
  return whole.length <= LONGEST_KEY && /^[\x20-\x7e]*$/.test(whole) ? whole : sha256(whole);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
