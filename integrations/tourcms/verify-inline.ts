import { createHmac, timingSafeEqual } from "node:crypto";

import { ConfigurationError, type RawDelivery } from "#sdk";

import { type Address, addressOf } from "./address.ts";
import { apiKeyOf, type TourcmsConfig } from "./config.ts";
import { childOf, textOf } from "./fields.ts";
import { readQuery } from "./query.ts";
import { readXml, type XmlElement } from "./xml.ts";
import { isSupportedPath, select } from "./xpath.ts";

// The sender names the algorithm, so a weak one must not be taken.
const ALGORITHMS = ["sha256", "sha384", "sha512"];
const MAX_FIELDS = 256;
/** Each walks through the whole document before we know that the sender has the key. */
const MAX_SEARCHES = 16;

/**
 * Checks the signature of an inline (synchronous) booking webhook, as TourCMS' own libraries do.
 * Only a POST with a body is signed; the ordinary webhook is a GET and carries no signature.
 *
 * @throws ConfigurationError when there is no API key to check with.
 */
export function verifyInline(delivery: RawDelivery, config: TourcmsConfig): boolean {
  if (delivery.method === "GET" || delivery.body.length === 0) return true;
  const address = addressOf(readQuery(delivery.query), config);
  const apiKey = apiKeyOf(config, address.channelId);
  if (apiKey === undefined) {
    throw new ConfigurationError(
      `no apiKey for channel ${address.channelId} to check a signed call with: ` +
        "add it under settings.channels",
    );
  }
  const reading = readXml(delivery.body.toString("utf8"));
  return reading.kind === "read" && isSigned(reading.root, address, apiKey);
}

function isSigned(root: XmlElement, address: Address, apiKey: string): boolean {
  const signed = childOf(root, "signed");
  const algorithm = signed && textOf(signed, "algorithm");
  const paths = ((signed && textOf(signed, "hash_fields")) ?? "").split(" ");
  const hash = (signed && textOf(signed, "hash")) ?? "";
  if (!algorithm || !ALGORITHMS.includes(algorithm)) return false;
  // Distinct paths select every element twice at most, so a hostile list cannot cost much.
  if (paths.length > MAX_FIELDS || new Set(paths).size < paths.length) return false;
  if (!paths.every(isSupportedPath)) return false;
  if (paths.filter((path) => path.startsWith("//")).length > MAX_SEARCHES) return false;

  const elements = paths.flatMap((path) => select(root, path));
  if (!coversIdentity(root, new Set(elements), address)) return false;

  // A path that matches nothing adds nothing; an empty element adds an empty text.
  const hmac = createHmac(algorithm, apiKey);
  elements.forEach(({ text }, index) => hmac.update(index === 0 ? text : `|${text}`, "utf8"));
  return isSame(hash, hmac.digest("hex"));
}

/** The three ids must be signed, stand there once, and be those of the query, which we go by. */
function coversIdentity(root: XmlElement, covered: Set<XmlElement>, address: Address): boolean {
  const wanted = [
    ["booking/booking_id", address.bookingId],
    ["booking/account_id", address.accountId],
    ["booking/channel_id", address.channelId],
  ] as const;
  return wanted.every(([path, id]) => {
    const [element, ...others] = select(root, path);
    return (
      element !== undefined && others.length === 0 && covered.has(element) && element.text === id
    );
  });
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
