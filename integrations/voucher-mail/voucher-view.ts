import type { Booking, Money } from "#sdk";

import type { VoucherMailConfig } from "./config.ts";
import type { VoucherData, VoucherItem, VoucherPrices } from "./voucher-data.ts";

/** Which mail a template is asked for. */
export type MailKind = "voucher" | "changed" | "cancellation" | "noAddress";

/** What templates see: the voucher's data, and what is awkward to work out in a template. */
export interface VoucherView extends VoucherData {
  brand: { name: string; logo?: string; colour: string; footer: string };
  /** What the code on the voucher says. */
  qr: string;
  state: "confirmed" | "cancelled" | "open";
  hasPriceColumn: boolean;
  hasTotals: boolean;
  isFree: boolean;
  isPaid: boolean;
}

export function voucherView(
  data: VoucherData,
  status: Booking["status"],
  brand: VoucherMailConfig["brand"],
  connectionName: string,
): VoucherView {
  const { prices, items, reference, barcode } = data;
  const amounts = items.flatMap(pricesIn).map(({ amountMinor }) => amountMinor);
  const hasPriceColumn = amounts.some((amount) => amount !== 0);
  const total = prices?.total?.amountMinor ?? (amounts.length > 0 ? 0 : undefined);
  const isFree = !hasPriceColumn && total === 0;
  const hasTotals = !isFree && (prices?.total ?? prices?.balance) !== undefined;
  const name = brand.name ?? connectionName;
  return {
    ...data,
    brand: {
      name,
      colour: brand.colour,
      footer: brand.footer ?? name,
      ...(brand.logo === undefined ? {} : { logo: brand.logo }),
    },
    qr: barcode ?? reference,
    state: stateOf(status),
    hasPriceColumn,
    hasTotals,
    isFree,
    isPaid: hasTotals && isPaid(prices),
  };
}

function pricesIn({ price, extras }: VoucherItem): Money[] {
  return [...(price ? [price] : []), ...extras.flatMap(pricesIn)];
}

/** Said only when it is certain. */
function isPaid({ total, paid, balance }: VoucherPrices = {}): boolean {
  if (balance) return balance.amountMinor <= 0;
  return total !== undefined && paid !== undefined && paid.amountMinor >= total.amountMinor;
}

function stateOf(status: Booking["status"]): VoucherView["state"] {
  switch (status) {
    case "confirmed":
    case "checked_in":
    case "checked_out":
    case "no_show":
      return "confirmed";
    case "cancelled":
    case "expired":
    case "removed":
      return "cancelled";
    default:
      return "open";
  }
}
