import type { Clock, HttpClient, HttpResponse } from "#sdk";

import { judge, parseAnswer } from "./answer.ts";
import type { PlanyoConfig } from "./config.ts";
import { hashOfCall } from "./hash.ts";

export interface CallContext {
  config: PlanyoConfig;
  http: HttpClient;
  clock: Clock;
  signal: AbortSignal;
}

/** How far Planyo's clock is ahead of ours, in seconds, by connection. Lost at a restart. */
const clockDrifts = new WeakMap<PlanyoConfig, number>();

/**
 * Calls a method of Planyo's API. A hash whose timestamp Planyo finds wrong is made once more with
 * the time it names, and the difference is remembered.
 *
 * @returns the answer's `data`, or undefined when Planyo says that there is no such thing.
 * @throws what `judge` makes of the answer.
 */
export async function callPlanyo(
  method: string,
  parameters: Readonly<Record<string, string>>,
  context: CallContext,
): Promise<unknown> {
  const { apiKey, hashKey } = context.config;
  const secrets = [apiKey, hashKey].filter((secret) => secret !== undefined);
  const ours = Math.floor(context.clock.now() / 1000);
  const drift = clockDrifts.get(context.config) ?? 0;
  const response = await send(method, parameters, ours + drift, context);
  const theirs = hashKey === undefined ? undefined : rightTime(response);
  const judged = (answer: HttpResponse) => judge(method, answer, secrets, context.clock.now());
  if (theirs === undefined) return judged(response);

  clockDrifts.set(context.config, theirs - ours);
  return judged(await send(method, parameters, theirs, context));
}

/** Always POST: it keeps the key out of the logs of everything on the way. */
async function send(
  method: string,
  parameters: Readonly<Record<string, string>>,
  seconds: number,
  { config, http, signal }: CallContext,
): Promise<HttpResponse> {
  const timestamp = String(seconds);
  const body = new URLSearchParams({
    ...parameters,
    method,
    api_key: config.apiKey ?? "",
    ...(config.siteId !== undefined && { site_id: config.siteId }),
    ...(config.hashKey !== undefined && {
      hash_timestamp: timestamp,
      hash_key: hashOfCall(config.hashKey, timestamp, method),
    }),
  });
  return http.send({
    method: "POST",
    url: config.apiBaseUrl,
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
    body: body.toString(),
    signal,
  });
}

const CURRENT_TIME = /current timestamp is/i;

/** The time Planyo names when it refuses ours: "Invalid timestamp … Current timestamp is N". */
function rightTime(response: HttpResponse): number | undefined {
  // A list of hundreds of rows is not read twice for that.
  if (!CURRENT_TIME.test(response.text())) return undefined;
  const answer = parseAnswer(response);
  if (answer?.code !== "1") return undefined;
  const [, seconds] =
    /invalid timestamp.*current timestamp is (\d{9,11})/i.exec(answer.message) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
