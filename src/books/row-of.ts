import { formatAmount } from "../sdk/money.ts";
import type { BooksInstance } from "./books-instances.ts";
import { moneyIn } from "./account-of.ts";
import type { Remark } from "./causes.ts";
import { lacking, notBookable } from "./lane-state.ts";
import type { BookingAccount } from "./read-accounts.ts";
import type { BooksDifference, BooksRow } from "./row.ts";

/** What our own records say of a booking and its books. */
export function rowOf({ id }: BooksInstance, one: BookingAccount): BooksRow {
  const { booking, account } = one;
  const { connection, reference, status } = booking;
  return {
    ...{ instance: id, connection, reference, status },
    serviceOn: account.sale.serviceDay,
    amounts: account.amounts,
    remarks: remarksOf(one),
    differences: differencesOf(one),
  };
}

function differencesOf({ account, lane, booking }: BookingAccount): BooksDifference[] {
  const { missing, fault } = account;
  if (fault !== undefined) return [notBookable(fault, lane)];
  const differences = missing.length > 0 ? [lacking(missing, lane)] : [];
  const coming = moneyIn(missing);
  const payments = Object.entries(account.amounts).flatMap(([currency, { unreceived, paid }]) => {
    const restMinor = unreceived - (coming.get(currency) ?? 0);
    if (restMinor === 0) return [];
    const words = (amountMinor: number) => `${currency} ${formatAmount({ amountMinor, currency })}`;
    const sum = words(paid - restMinor);
    const what =
      booking.totals?.total === undefined && booking.totals?.paid === undefined
        ? `${words(paid)} was paid, and the booking system tells no price`
        : `${words(paid)} paid in all, and its payments come to ${sum}`;
    return [{ cause: "payments_differ" as const, what, documents: [] }];
  });
  return [...differences, ...payments];
}

function remarksOf({ account, entries }: BookingAccount): Remark[] {
  const { amounts, sale, settled } = account;
  const isNotDue = Object.values(amounts).some(({ notDue }) => notDue !== 0);
  const isElsewhere = sale.billed === "never" && sale.policy !== "takings";
  return [
    ...(isNotDue ? (["not_due"] as const) : []),
    ...(settled.some(({ kind }) => kind === "opening") ? (["history"] as const) : []),
    ...(isElsewhere ? (["elsewhere"] as const) : []),
    ...(entries.some(({ state }) => state === "would") ? (["shadow"] as const) : []),
  ];
}
