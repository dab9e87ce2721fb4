import { formatAmount, type Money } from "./money.ts";
import { instantOf, type LocalMoment, localText } from "./time.ts";

/** What the source says in its own words: handed on untouched, whatever it looks like. */
const VERBATIM: ReadonlySet<string> = new Set(["custom", "native", "record"]);

/**
 * A value of the SDK's shapes as it is shown to other programs: money also as decimal text, local moments also
 * as an instant. Everything else stays as it is.
 */
export function present(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(present);
  if (typeof value !== "object" || value === null) return value;
  if (isMoney(value)) return presentMoney(value);
  if (isMoment(value)) return presentMoment(value);
  const entries = Object.entries(value).map(
    ([name, inner]) => [name, VERBATIM.has(name) ? (inner as unknown) : present(inner)] as const,
  );
  return Object.fromEntries(entries);
}

function presentMoney(money: Money) {
  return { amount: formatAmount(money), minor: money.amountMinor, currency: money.currency };
}

function presentMoment(moment: LocalMoment) {
  return { local: localText(moment), timeZone: moment.timeZone, instant: instantText(moment) };
}

/** Null for a zone that this computer does not know: one odd booking must not hide a whole list. */
function instantText(moment: LocalMoment): string | null {
  try {
    return new Date(instantOf(moment)).toISOString().replace(".000Z", "Z");
  } catch {
    return null;
  }
}

function isMoney(value: object): value is Money {
  const { amountMinor, currency } = value as Partial<Record<keyof Money, unknown>>;
  return typeof amountMinor === "number" && typeof currency === "string";
}

function isMoment(value: object): value is LocalMoment {
  const { date, timeZone } = value as Partial<Record<keyof LocalMoment, unknown>>;
  return typeof date === "string" && typeof timeZone === "string";
}
