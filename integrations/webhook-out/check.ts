import type { CheckContext } from "#sdk";

import { hostOf, type WebhookOutConfig } from "./config.ts";
import { toReceiver } from "./to-receiver.ts";

/** Connects and sends nothing: whoever is there would take a trial for an event. */
export async function check({ config, reach }: CheckContext<WebhookOutConfig>): Promise<string> {
  await toReceiver(config, reach);
  const line = `${hostOf(config)} can be reached, nothing was sent`;
  const isPlain = config.url.startsWith("http:");
  return isPlain ? `${line}; without https: others on the way can read what is sent` : line;
}
