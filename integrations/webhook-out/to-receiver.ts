import { ConfigurationError, kindOf, messageOf } from "#sdk";

import { isOnlyPublic, type WebhookOutConfig } from "./config.ts";

interface Where {
  url: string;
  onlyPublic: boolean;
}

/**
 * Turns to the receiver, with a call or only with a connection.
 *
 * @throws what is thrown there; of a private network it says besides which setting allows it.
 */
export async function toReceiver<Answer>(
  config: WebhookOutConfig,
  turn: (where: Where) => Promise<Answer>,
): Promise<Answer> {
  const { url } = config;
  const onlyPublic = isOnlyPublic(config);
  try {
    return await turn({ url, onlyPublic });
  } catch (cause) {
    if (!onlyPublic || kindOf(cause) !== "configuration") throw cause;
    const { hostname } = new URL(url);
    throw new ConfigurationError(`${messageOf(cause)}, unless allowPrivate names ${hostname}`, {
      cause,
    });
  }
}
