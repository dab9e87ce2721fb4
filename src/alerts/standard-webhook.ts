import { createHmac } from "node:crypto";

const PREFIX = "whsec_";

export interface WebhookMessage {
  /** The same at every try: who gets it twice can see that it is one. */
  id: string;
  /** When it is sent. UTC milliseconds. */
  sentAt: number;
  body: string;
}

/** The headers of https://www.standardwebhooks.com. */
export function standardHeaders(
  secret: string,
  { id, sentAt, body }: WebhookMessage,
): Record<string, string> {
  const seconds = String(Math.floor(sentAt / 1000));
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": seconds,
    "webhook-signature": `v1,${signature}`,
  };
}
