import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";

import type { HttpRequest } from "../sdk/context.ts";
import type { Answer } from "./http-client.ts";
import { publicLookup, refusePrivateAddress } from "./public-only.ts";

/**
 * Calls by Node's own client, because `fetch` does not let anybody look at what it connects to.
 *
 * @param lookup Finds the address that is connected to.
 */
export function callBy(lookup: LookupFunction) {
  // Agents of their own: a connection that others have opened was not looked at.
  const http = { request: requestHttp, agent: new HttpAgent({ lookup }) };
  const https = { request: requestHttps, agent: new HttpsAgent({ lookup }) };
  return async (request: HttpRequest, signal: AbortSignal): Promise<Answer> => {
    const url = new URL(request.url);
    refusePrivateAddress(url);
    const { method = "GET", headers = {}, body } = request;
    const { request: open, agent } = url.protocol === "https:" ? https : http;
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      open(url, { method, headers, agent, signal }, resolve).on("error", reject).end(body);
    });
    return {
      status: incoming.statusCode ?? 0,
      headers: Object.fromEntries(
        Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
      ),
      content: incoming,
    };
  };
}

/** Calls nobody in a private network. */
export const callPublic = callBy(publicLookup);
