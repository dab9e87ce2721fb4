import type { MaskedRequest, WaitingDelivery } from "../inbox/inbox-store.ts";
import { hasLongNumber, maskCards } from "./mask-cards.ts";

/** The parts of a raw request that hold card numbers, masked; undefined when none does. */
export function maskRequest({
  query,
  body,
}: Pick<WaitingDelivery, "query" | "body">): MaskedRequest | undefined {
  const bodyText = body.toString("latin1");
  if (!hasLongNumber(query) && !hasLongNumber(bodyText)) return undefined;
  const maskedQuery = maskCards(query);
  const maskedBody = maskCards(bodyText);
  if (maskedQuery === query && maskedBody === bodyText) return undefined;
  return {
    ...(maskedQuery !== query && { query: maskedQuery }),
    ...(maskedBody !== bodyText && { body: Buffer.from(maskedBody, "latin1") }),
  };
}
