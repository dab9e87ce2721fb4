import type { Booking } from "../sdk/booking.ts";
import type { Change } from "../sdk/booking-event.ts";
import { formatAmount, type Money } from "../sdk/money.ts";
import { formatMoment, type LocalMoment } from "../sdk/time.ts";
import { isCustom } from "./changes.ts";
import { isMoment, isMoney } from "./merge-view.ts";

const MAX_PARTS = 6;
const MAX_VALUE_LENGTH = 60;

/** Words of the office for the paths that people ask about. */
const WORDS: Readonly<Record<string, string>> = {
  status: "status",
  title: "title",
  start: "start",
  end: "end",
  "totals.total": "price",
  "totals.paid": "paid",
  "totals.discount": "discount",
  balance: "balance",
  travellerCount: "number of people",
  "customer.name": "guest",
  "customer.email": "guest's e-mail",
  "customer.phone": "guest's phone",
  notes: "guest's notes",
  internalNote: "internal note",
  importantNote: "important note",
  payments: "payments",
};

/** All changes in one sentence: "Start moved from … to …; price 240.00 EUR → 275.50 EUR." */
export function summarize(changes: readonly Change[]): string {
  if (changes.length === 0) return "Nothing changed.";
  const parts = changes.slice(0, MAX_PARTS).map(partOf);
  const rest = changes.length - parts.length;
  if (rest > 0) parts.push(`${rest} more ${rest === 1 ? "field" : "fields"}`);
  return sentence(parts.join("; "));
}

/** What a booking looks like that was not known before. */
export function summarizeNew(booking: Booking): string {
  const parts = [
    `booking ${booking.reference} first seen: ${booking.status.replaceAll("_", " ")}`,
    booking.title,
    booking.totals?.total && moneyText(booking.totals.total),
    booking.start && `starts ${momentText(booking.start)}`,
  ];
  return sentence(parts.filter((part) => part !== undefined).join(", "));
}

function partOf({ path, before, after }: Change): string {
  const what = wordsFor(path);
  const [from, to] = isCustom(path) ? [] : [valueText(before), valueText(after)];
  if (before === null) return to === undefined ? `${what} added` : `${what} set to ${to}`;
  if (after === null) return `${what} removed`;
  if (from === undefined || to === undefined) return `${what} changed`;
  if (isMoment(after)) return `${what} moved from ${from} to ${to}`;
  return `${what} ${from} → ${to}`;
}

function wordsFor(path: string): string {
  const known = WORDS[path];
  if (known !== undefined) return known;
  const item = /^items\[(.*?)\](?:\.(.+))?$/.exec(path);
  if (item)
    return item[2] === undefined ? `item ${item[1] ?? ""}` : `item ${item[1] ?? ""} ${item[2]}`;
  return path.replace(/^custom\./, "form item ");
}

/** Undefined when the value is too long or too deep to be read in a sentence. */
function valueText(value: unknown): string | undefined {
  if (typeof value === "string") {
    const isShort = value.length <= MAX_VALUE_LENGTH && !value.includes("\n");
    return isShort ? value || "empty" : undefined;
  }
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (isMoment(value)) return momentText(value);
  if (isMoney(value)) return moneyText(value);
  const name = (value as { name?: unknown } | null)?.name;
  return typeof name === "string" && name.length <= MAX_VALUE_LENGTH ? name : undefined;
}

function moneyText(money: Money): string {
  return `${formatAmount(money)} ${money.currency}`;
}

function momentText(moment: LocalMoment): string {
  return formatMoment(moment, "en-GB");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
