import { formatAmount, type Money } from "#sdk";
import type { Fields } from "#sdk/crm";

/** `180.00 EUR` */
export function inWords(money: Money): string {
  return `${formatAmount(money)} ${money.currency}`;
}

/** Without what is empty. */
export function present<T extends object>(parts: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const given = Object.entries(parts).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(given) as { [K in keyof T]?: NonNullable<T[K]> };
}

export function without(fields: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** A new record needs no word about what is not known. */
export function filled(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}
