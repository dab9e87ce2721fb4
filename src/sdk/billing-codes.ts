import { createHash } from "node:crypto";

import type { Booking } from "./booking.ts";

/** Longest code that all targets take whole. */
const MAX_CODE = 50;

/** Under which accounting has a guest: one for each number of a customer, else for each booking. */
export function guestCode({ connection, reference, customer }: Booking): string {
  const id = customer?.id;
  return shortened(id === undefined ? `${connection}-${reference}` : `${connection}-cust-${id}`);
}

/** Under which accounting has the agent of a booking. */
export function agentCode({ connection, agent }: Booking): string {
  const id = agent?.id ?? agent?.code ?? shortHash(agent?.name ?? "");
  return shortened(`${connection}-agent-${id}`);
}

export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function shortened(code: string): string {
  return code.length <= MAX_CODE ? code : `${code.slice(0, MAX_CODE - 13)}-${shortHash(code)}`;
}
