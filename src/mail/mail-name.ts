import { createHash } from "node:crypto";

const MAX_SLUG = 90;

/**
 * The Message-ID of an effect's mail: the same at every try, so that a mail system that gets it
 * twice can see that it is one.
 */
export function messageId(key: string, domain: string): string {
  return `<${digest(key).slice(0, 32)}@${domain}>`;
}

/** Whether the ledger tells of a mail. */
export function isMessageId(externalId: string): boolean {
  return /^<[\da-f]{32}@[^>]+>$/.test(externalId);
}

/** File of the outbox: readable, and the same at every try. */
export function fileName(key: string): string {
  const slug = key.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const short = slug.slice(0, MAX_SLUG).replaceAll(/^-+|-+$/g, "");
  return `${short || "mail"}-${digest(key).slice(0, 12)}.eml`;
}

function digest(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
