import { oneLine } from "../text.ts";
import { type Booking, type BookingStatus, type Customer } from "../booking.ts";
import { addMoney, type Money } from "../money.ts";
import type { Person } from "../people.ts";
import { guestKeysOf } from "../people/guest-keys.ts";
import { isBlank } from "../people/person-keys.ts";
import { consentOf } from "./consent.ts";
import type { Contact } from "./contact.ts";
import { dayOf } from "./days.ts";
import type { CrmSettings } from "./settings.ts";

const STANDING: readonly BookingStatus[] = ["confirmed", "checked_in", "checked_out", "no_show"];

/**
 * What a CRM is told of a person: who it is by the newest booking that tells, the rest by all.
 *
 * @returns undefined when nothing is known of the guest.
 */
export function contactOf(
  person: Person,
  settings: CrmSettings,
  nowMs: number,
): Contact | undefined {
  const { email, phone, bookings, sharers } = person;
  const told = bookings.filter((booking) => !isBlank(booking));
  const newest = told.at(-1);
  if (!newest) return undefined;
  const isRefused = sharers.some((theirs) => consentOf(theirs, email, settings) === "no");
  // What is sent there reaches everybody behind the address.
  const consent = isRefused ? "no" : consentOf(told, email, settings);
  return {
    ...guestKeysOf(person),
    ...nameOf(told, email ?? phone ?? `Guest of booking ${newest.reference}`),
    ...present(whereaboutsOf(newest)),
    ...historyOf(bookings, nowMs),
    tags: settings.tags,
    consent,
    maySubscribe: settings.subscribe === "consent" && consent === "yes",
  };
}

/** A booking without a name does not take the one away that an earlier one told. */
function nameOf(told: readonly Booking[], otherwise: string) {
  const named = told.findLast(({ customer }) => fullName(customer ?? {}) !== "");
  const { firstName, lastName } = named?.customer ?? {};
  return {
    name: fullName(named?.customer ?? {}) || otherwise,
    ...present({ firstName: oneLine(firstName ?? ""), lastName: oneLine(lastName ?? "") }),
  };
}

function fullName({ name, firstName, lastName }: Customer): string {
  const parts = [firstName, lastName].filter((part) => part !== undefined).join(" ");
  return oneLine(parts.trim() === "" ? (name ?? "") : parts);
}

function whereaboutsOf({ customer, company, language }: Booking) {
  const { country, address } = customer ?? {};
  return {
    language,
    country: /^[A-Z]{2}$/.test(country ?? "") ? country : undefined,
    company: oneLine(company ?? ""),
    address: address && Object.keys(address).length > 0 ? address : undefined,
  };
}

function historyOf(bookings: readonly Booking[], nowMs: number) {
  const standing = bookings.filter(({ status }) => STANDING.includes(status));
  const made = standing.map(({ madeAt }) => dayOf(madeAt)).filter((day) => day !== undefined);
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const starts = standing.flatMap(({ status, start }) => {
    // Who has come today, or has not, does not come today once more.
    const isAhead =
      start && (start.date > today || (start.date === today && status === "confirmed"));
    return isAhead ? start.date : [];
  });
  return {
    bookings: standing.length,
    spent: spentOn(standing),
    ...present({
      firstBookedOn: made.toSorted()[0],
      lastBookedOn: made.toSorted().at(-1),
      nextStayOn: starts.toSorted()[0],
    }),
  };
}

function spentOn(bookings: readonly Booking[]): Money[] {
  const sums = new Map<string, Money>();
  for (const { totals } of bookings) {
    const { total } = totals ?? {};
    if (!total) continue;
    const sum = sums.get(total.currency);
    sums.set(total.currency, sum ? addMoney(sum, total) : total);
  }
  return [...sums.values()].toSorted((one, other) => (one.currency < other.currency ? -1 : 1));
}

function present<T extends object>(parts: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const given = Object.entries(parts).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(given) as { [K in keyof T]?: NonNullable<T[K]> };
}
