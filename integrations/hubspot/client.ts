import type { CrmContext } from "#sdk/crm";

import { type Account, accountOf } from "./account.ts";
import { judge } from "./answer.ts";
import { callsOfOneProcess, type HubSpotConfig } from "./config.ts";

export type CallContext = Pick<
  CrmContext<HubSpotConfig>,
  "config" | "log" | "http" | "clock" | "signal"
>;

export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/crm/`: `v3/objects/contacts/512`. Never with an address or a name in it. */
  path: string;
  query?: Readonly<Record<string, string | readonly string[]>>;
  /** Texts and lists, as JSON. */
  body?: unknown;
  /** A POST that only asks. */
  isRead?: boolean;
}

/** Thin: one call, and what its answer means. Whoever uses it decides what is asked. */
export class HubSpotClient {
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  get account(): Account {
    return accountOf(this.#context.config);
  }

  /** Of the job that calls. */
  get signal(): AbortSignal {
    return this.#context.signal;
  }

  /**
   * @returns undefined when what the path names is not there.
   * @throws what `judge` makes of the answer.
   */
  async send(call: Call): Promise<unknown> {
    const { config, http, clock, signal } = this.#context;
    const { method, path, query = {}, body, isRead = method === "GET" } = call;
    const url = new URL(`${config.apiBaseUrl.replace(/\/$/, "")}/crm/${path}`);
    for (const [name, values] of Object.entries(query)) {
      for (const value of [values].flat()) url.searchParams.append(name, value);
    }
    await this.account.pace.turn(callsOfOneProcess(config), signal);
    const response = await http.send({
      ...{ method, url: url.href, signal },
      headers: {
        authorization: `Bearer ${config.token}`,
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const what = `${method} ${path.replaceAll(/\d{3,}/g, "…")}`;
    return judge(response, { what, isWrite: !isRead }, clock.now());
  }
}
