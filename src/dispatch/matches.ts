import type { Booking } from "../sdk/booking.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import type { WhenConfig } from "../settings/config-schema.ts";

/** Whether an instance's `when` lets an event through. Absent filters let everything through. */
export function matches(when: WhenConfig, event: AnyEvent): boolean {
  return (
    includes(when.connections, event.connection) &&
    includes(when.types, event.type) &&
    matchesBooking(when, event.booking)
  );
}

/** Whether an instance is meant for a booking, whatever happens to it and in whatever state it is. */
export function concerns(when: WhenConfig, booking: Booking): boolean {
  return (
    includes(when.connections, booking.connection) &&
    matchesBooking({ ...when, statuses: undefined }, booking)
  );
}

/** Whether an instance is meant for a booking as it is now, whatever led to it. */
export function suits(when: WhenConfig, booking: Booking): boolean {
  return includes(when.connections, booking.connection) && matchesBooking(when, booking);
}

function matchesBooking(when: WhenConfig, booking: Booking | undefined): boolean {
  const { products, channels, statuses, agents, custom } = when;
  const asks = [products, channels, statuses, custom].some((filter) => filter !== undefined);
  if (!booking) return !asks && (agents === undefined || agents === "any");
  return (
    includes(statuses, booking.status) &&
    includesAny(channels, [booking.channel?.id, booking.channel?.name]) &&
    includesAny(products, productsOf(booking)) &&
    matchesAgents(agents, booking) &&
    matchesCustom(custom, booking)
  );
}

function productsOf({ items = [] }: Booking): (string | undefined)[] {
  return items.flatMap(({ productId, productCode }) => [productId, productCode]);
}

function matchesAgents(agents: WhenConfig["agents"], { agent }: Booking): boolean {
  if (agents === "only") return agent !== undefined;
  return agents === "none" ? agent === undefined : true;
}

function matchesCustom(wanted: Readonly<Record<string, string>> | undefined, booking: Booking) {
  const given = { ...booking.customer?.custom, ...booking.custom };
  return Object.entries(wanted ?? {}).every(([name, value]) => given[name] === value);
}

function includes<T>(filter: readonly T[] | undefined, value: T): boolean {
  return filter?.includes(value) ?? true;
}

function includesAny(
  filter: readonly string[] | undefined,
  values: readonly (string | undefined)[],
): boolean {
  return (
    filter === undefined || values.some((value) => value !== undefined && filter.includes(value))
  );
}
