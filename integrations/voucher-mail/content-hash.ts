import { createHash } from "node:crypto";

import type { VoucherData } from "./voucher-data.ts";

/**
 * Names what a voucher says and to whom: the same hash means that nothing the guest would see has
 * changed. The address counts, because a corrected address needs the voucher once more.
 */
export function contentHash(data: VoucherData, address = ""): string {
  const said = JSON.stringify([address.toLowerCase(), sorted(data)]);
  return createHash("sha256").update(said).digest("hex").slice(0, 16);
}

/** A booking read from a database may have its keys in another order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
