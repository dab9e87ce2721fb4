import type { Booking, BookingItem } from "../booking.ts";
import { splitByWeight, taxWithin } from "./amounts.ts";
import type { DocumentLine, LineRole } from "./document.ts";
import type { AccountingSettings } from "./settings.ts";
import { oneLine } from "../text.ts";

/** How a line is taxed. */
export type LineTax = Pick<DocumentLine, "taxCode" | "ratePercent">;

/**
 * What a booking costs, line by line, tax included. The lines add up to the booked total to the cent:
 * a discount is spread over them by tax, anything else that items do not explain is a line of its own.
 */
export function bookingLines(booking: Booking, settings: AccountingSettings): DocumentLine[] {
  const total = booking.totals?.total;
  if (!total) return [];
  const items = pricedItems(booking, total.amountMinor, total.currency);
  const lines = items.map((item) => lineOf(item, settings));
  const known = sumOf(lines);
  const rest = total.amountMinor - known;
  if (lines.length === 0) return total.amountMinor === 0 ? [] : [wholeBooking(booking, settings)];
  if (rest === 0) return lines;
  return [...lines, ...(rest < 0 ? discounts(rest, lines) : [surcharge(rest, settings)])];
}

export function sumOf(lines: readonly DocumentLine[]): number {
  return lines.reduce((sum, { grossMinor }) => sum + grossMinor, 0);
}

/** Lines that book the same are one; those that come to nothing are left out. */
export function merge<L extends DocumentLine>(
  lines: readonly L[],
  keyOf: (line: L) => string,
): L[] {
  const sums = new Map<string, L>();
  for (const line of lines) {
    const key = keyOf(line);
    const before = sums.get(key);
    sums.set(key, {
      ...(before ?? line),
      grossMinor: (before?.grossMinor ?? 0) + line.grossMinor,
      taxMinor: (before?.taxMinor ?? 0) + line.taxMinor,
    });
  }
  return [...sums.values()].filter(
    ({ grossMinor, taxMinor }) => grossMinor !== 0 || taxMinor !== 0,
  );
}

export function negated<L extends DocumentLine>(lines: readonly L[]): L[] {
  return lines.map((one) => ({ ...one, grossMinor: -one.grossMinor, taxMinor: -one.taxMinor }));
}

export function line(parts: Omit<DocumentLine, "taxMinor"> & LineTax): DocumentLine {
  return { ...parts, taxMinor: taxWithin(parts.grossMinor, parts.ratePercent) };
}

/** Where options are priced inside what they belong to, only that counts. */
function pricedItems(booking: Booking, totalMinor: number, currency: string): BookingItem[] {
  const priced = (booking.items ?? []).filter(
    ({ price }) => price && price.currency === currency && price.amountMinor !== 0,
  );
  const outer = priced.filter(({ belongsTo }) => belongsTo === undefined);
  const sum = outer.reduce((total, { price }) => total + (price?.amountMinor ?? 0), 0);
  return sum === totalMinor ? outer : priced;
}

function lineOf(item: BookingItem, settings: AccountingSettings): DocumentLine {
  const role = roleOf(item, settings);
  const product = item.productId ?? item.productCode;
  return line({
    description: oneLine(item.name),
    role,
    grossMinor: item.price?.amountMinor ?? 0,
    // Money that is only held, or owed until a certificate is used, is not taxed yet.
    ...(role === "revenue" ? taxOfItem(item, settings) : {}),
    itemId: item.id,
    ...(item.quantity !== undefined && { quantity: item.quantity }),
    ...(product !== undefined && { productId: product }),
  });
}

function roleOf(item: BookingItem, settings: AccountingSettings): LineRole {
  if (isNamed(item, settings.damageDeposits.products)) return "damageDeposits";
  if (isNamed(item, settings.giftCertificates.products)) return "giftCertificates";
  return "revenue";
}

export function isNamed(
  { productId, productCode }: BookingItem,
  products: readonly string[],
): boolean {
  return [productId, productCode].some((name) => name !== undefined && products.includes(name));
}

function taxOfItem(item: BookingItem, settings: AccountingSettings): LineTax {
  const named = Object.entries(settings.taxes).find(([, tax]) => isNamed(item, tax.products));
  if (named) return taxNamed(named[0], settings);
  const usual = usualTax(settings);
  if (usual.taxCode !== undefined) return usual;
  const told = plainRate(item.tax?.ratePercent);
  return told === undefined ? {} : { taxCode: told, ratePercent: told };
}

/** The tax of what is no product: the one that is for everything else. */
export function usualTax(settings: AccountingSettings): LineTax {
  const usual = Object.entries(settings.taxes).find(([, { products }]) => products.length === 0);
  return usual ? taxNamed(usual[0], settings) : {};
}

export function taxNamed(code: string, settings: AccountingSettings): LineTax {
  const tax = settings.taxes[code];
  if (!tax) return {};
  return { taxCode: code, ...(tax.scheme === "normal" && { ratePercent: tax.ratePercent }) };
}

/** `12.00` and `12` are one tax; zero is none. */
function plainRate(text: string | undefined): string | undefined {
  if (text === undefined || !/^\d{1,3}(\.\d{1,6})?$/.test(text)) return undefined;
  const plain = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return Number(plain) === 0 ? undefined : plain;
}

function wholeBooking(booking: Booking, settings: AccountingSettings): DocumentLine {
  return line({
    description: booking.title ?? `Booking ${booking.reference}`,
    role: "revenue",
    grossMinor: booking.totals?.total?.amountMinor ?? 0,
    ...usualTax(settings),
    itemId: "booking",
  });
}

/** Spread over the taxes, because it makes each of them smaller. */
function discounts(restMinor: number, lines: readonly DocumentLine[]): DocumentLine[] {
  const income = lines.filter(({ role, grossMinor }) => role === "revenue" && grossMinor > 0);
  const groups = new Map<string, { tax: LineTax; grossMinor: number }>();
  for (const { taxCode, ratePercent, grossMinor } of income) {
    const tax = {
      ...(taxCode !== undefined && { taxCode }),
      ...(ratePercent !== undefined && { ratePercent }),
    };
    const key = `${taxCode ?? ""}|${ratePercent ?? ""}`;
    const group = groups.get(key) ?? { tax, grossMinor: 0 };
    groups.set(key, { tax, grossMinor: group.grossMinor + grossMinor });
  }
  const all = [...groups.values()];
  if (all.length === 0) all.push({ tax: {}, grossMinor: 1 });
  const parts = splitByWeight(
    restMinor,
    all.map(({ grossMinor }) => grossMinor),
  );
  return all.flatMap(({ tax }, index) => {
    const grossMinor = parts[index] ?? 0;
    const itemId = `discount:${tax.taxCode ?? ""}`;
    return grossMinor === 0
      ? []
      : [line({ description: "Discount", role: "revenue", grossMinor, ...tax, itemId })];
  });
}

function surcharge(restMinor: number, settings: AccountingSettings): DocumentLine {
  return line({
    description: "Other charges",
    role: "revenue",
    grossMinor: restMinor,
    ...usualTax(settings),
    itemId: "other",
  });
}
