import { createHmac } from "node:crypto";

const PREFIX = "whsec_";

/** A secret of Standard Webhooks: 24 to 64 bytes in base64. */
export const WEBHOOK_SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;

export interface WebhookMessage {
  /** The same at every try: who gets it twice can see that it is one. Without full stops. */
  id: string;
  /** When it is sent. UTC milliseconds. */
  sentAt: number;
  body: string;
}

/**
 * The headers of https://www.standardwebhooks.com.
 *
 * @param secrets While one takes the place of another: both, so that who has either can verify.
 */
export function standardHeaders(
  secrets: readonly string[],
  { id, sentAt, body }: WebhookMessage,
): Record<string, string> {
  const seconds = String(Math.floor(sentAt / 1000));
  const signed = `${id}.${seconds}.${body}`;
  return {
    "webhook-id": id,
    "webhook-timestamp": seconds,
    "webhook-signature": secrets.map((secret) => `v1,${signatureOf(signed, secret)}`).join(" "),
  };
}

function signatureOf(signed: string, secret: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  return createHmac("sha256", key).update(signed).digest("base64");
}
