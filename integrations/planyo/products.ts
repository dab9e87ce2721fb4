import type { BookingView } from "#sdk";

import { isObject, textOf } from "./body.ts";

type Item = NonNullable<BookingView["items"]>[number];

/**
 * The additional products of a reservation, as items of their own without a price: the
 * reservation's price has them in it.
 *
 * @param data `data` of `get_reservation_data`: `regular_products` belong to the reservation,
 *   `group_products` to those reserved together.
 */
export function productItems(data: Readonly<Record<string, unknown>>, belongsTo: string): Item[] {
  const items = new Map<string, Item>();
  for (const product of [...listOf(data["regular_products"]), ...listOf(data["group_products"])]) {
    const item = itemOf(product, belongsTo);
    // Both lists may name one; ids must be unique.
    if (item && !items.has(item.id)) items.set(item.id, item);
  }
  return [...items.values()];
}

/** PHP writes a list with gaps as a map. */
export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

function itemOf(product: unknown, belongsTo: string): Item | undefined {
  if (!isObject(product)) return undefined;
  const id = textOf(product["id"] ?? "").trim();
  const quantity = textOf(product["quantity"] ?? "1").trim();
  if (id === "" || Number(quantity) === 0) return undefined;
  return {
    id: `product:${id}`,
    name: textOf(product["name"] ?? id),
    kind: "option",
    productId: id,
    belongsTo,
    ...(/^\d{1,9}$/.test(quantity) && { quantity: Number(quantity) }),
    unit: "piece",
  };
}
