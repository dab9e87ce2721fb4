import type { WaitingDelivery } from "../inbox/inbox-store.ts";
import type { LoadedConnection } from "../registry/registry.ts";
import { failureName } from "./failure-name.ts";
import { maskRequest } from "./mask-request.ts";
import type { Unread } from "./normalize-store.ts";
import { readDelivery, type Reading, type ReadTools } from "./read-delivery.ts";
import { type Unit, unitOf } from "./unit.ts";

export interface ReadUnit {
  unit: Unit;
  /** Why nobody can tell what the delivery says; the unit then has no parts. */
  unread?: Unread;
}

/** Understands a delivery and takes it apart by subject. Never throws. */
export function readUnit(
  connection: LoadedConnection,
  delivery: WaitingDelivery,
  tools: ReadTools,
): ReadUnit {
  const reading = readDelivery(connection, delivery, tools);
  if (!("notices" in reading)) return unreadUnit(delivery, reading);
  try {
    return { unit: unitOf(delivery, reading.notices) };
  } catch (error) {
    const why = failureName(error);
    const fields = { connection: connection.id, deliveryId: delivery.id, why };
    tools.log.error(fields, "a delivery could not be taken apart");
    return unreadUnit(delivery, { state: "failed", reason: `could not be understood (${why})` });
  }
}

function unreadUnit(
  delivery: WaitingDelivery,
  { state, reason }: Exclude<Reading, { notices: unknown }>,
): ReadUnit {
  const masked = maskRequest(delivery);
  const unread = { position: delivery.position, state, reason, ...(masked && { masked }) };
  return { unit: { delivery, parts: [] }, unread };
}
