import type { CrmContext } from "#sdk/crm";

import { judge } from "./answer.ts";
import { dataCentre, type MailchimpConfig } from "./config.ts";

export type CallContext = Pick<CrmContext<MailchimpConfig>, "config" | "log" | "http" | "signal">;

export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/3.0/`. */
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: object;
}

/** Thin: one call, and what its answer means. Whoever uses it decides what is asked. */
export class MailchimpClient {
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.#context = context;
  }

  /** Of the audience. @param rest `/members/…` */
  list(rest = ""): string {
    return `lists/${encodeURIComponent(this.#context.config.listId)}${rest}`;
  }

  /**
   * @returns undefined when what the path names is not there.
   * @throws what `judge` makes of the answer.
   */
  async send({ method, path, query = {}, body }: Call): Promise<unknown> {
    const { config, http, signal } = this.#context;
    const url = new URL(`${addressOf(config)}/3.0/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const response = await http.send({
      ...{ method, url: url.href, signal },
      headers: {
        // Only the key counts; Mailchimp takes any name.
        authorization: `Basic ${Buffer.from(`bellhop:${config.apiKey}`).toString("base64")}`,
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const what = `${method} ${path.replaceAll(/[0-9a-f]{32}/g, "…")}`;
    return judge(response, { what, isWrite: method !== "GET" });
  }
}

function addressOf({ apiBaseUrl, apiKey }: MailchimpConfig): string {
  const address = apiBaseUrl ?? `https://${dataCentre(apiKey)}.api.mailchimp.com`;
  return address.replace(/\/$/, "");
}
