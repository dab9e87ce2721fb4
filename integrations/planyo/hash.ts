import { createHash } from "node:crypto";

/**
 * The `hash_key` of a call (Planyo API page, "hash key"): MD5 of secret, timestamp and method with
 * nothing in between. Planyo chose MD5; the other parameters are not covered by it.
 *
 * @param timestampText The very digits that are sent as `hash_timestamp`, in Unix seconds.
 */
export function hashOfCall(secret: string, timestampText: string, method: string): string {
  return createHash("md5").update(`${secret}${timestampText}${method}`).digest("hex");
}
