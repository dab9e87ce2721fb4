import { type LocalMoment, localMoment, type Money, parseMoney, instantOf } from "#sdk";

import type { XmlElement } from "./xml.ts";

/** `undefined`: the element is not there. `null`: it is there and empty. */
export type Shown<T> = T | null | undefined;

export function childOf(parent: XmlElement, name: string): XmlElement | undefined {
  return parent.children.find((child) => child.name === name);
}

export function has(parent: XmlElement, ...names: string[]): boolean {
  return parent.children.some((child) => names.includes(child.name));
}

/** The elements of a list such as `components/component`; undefined when the list is not there. */
export function listOf(parent: XmlElement, list: string, item: string): XmlElement[] | undefined {
  return childOf(parent, list)?.children.filter((child) => child.name === item);
}

export function textOf(parent: XmlElement, name: string): Shown<string> {
  const text = childOf(parent, name)?.text.trim();
  return text === "" ? null : text;
}

/** The first of several elements that says something. */
export function firstText(parent: XmlElement, ...names: string[]): Shown<string> {
  const texts = names.map((name) => textOf(parent, name));
  return texts.find(isFilled) ?? (texts.includes(null) ? null : undefined);
}

/** An id; TourCMS writes 0 where there is none. */
export function idOf(parent: XmlElement, name: string): Shown<string> {
  const text = textOf(parent, name);
  return text === "0" ? null : text;
}

export function countOf(parent: XmlElement, name: string): Shown<number> {
  return map(textOf(parent, name), (text) =>
    /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : undefined,
  );
}

export function flagOf(parent: XmlElement, name: string): Shown<boolean> {
  return oneOf(parent, name, { "1": true, "0": false });
}

/** A value out of a known list; one that is not on it is as good as not shown. */
export function oneOf<T>(
  parent: XmlElement,
  name: string,
  known: Readonly<Record<string, T>>,
): Shown<T> {
  return map(textOf(parent, name), (text) =>
    Object.hasOwn(known, text) ? known[text] : undefined,
  );
}

/**
 * Money in its plain element. The `…_display` twin is HTML for people and is never read. An amount
 * without a currency says nothing.
 */
export function moneyOf(parent: XmlElement, name: string, currency: Shown<string>): Shown<Money> {
  return map(textOf(parent, name), (text) =>
    isFilled(currency) ? parseMoney(text, currency) : undefined,
  );
}

/** `0000-00-00` is how the vendor's database writes "no date". */
export function dateOf(parent: XmlElement, name: string): Shown<string> {
  return map(textOf(parent, name), (text) => (text.startsWith("0000") ? null : text.slice(0, 10)));
}

/** `HH:MM`; undefined for an empty element, `NOTSET` and anything else that is no time. */
export function timeOf(parent: XmlElement, name: string): string | undefined {
  const match = /^(\d|[01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?$/.exec(textOf(parent, name) ?? "");
  return match ? `${(match[1] ?? "").padStart(2, "0")}:${match[2] ?? ""}` : undefined;
}

/** @param timeOn The time of day at that date; undefined when none was given. */
export function momentOf(
  parent: XmlElement,
  dateName: string,
  timeZone: string,
  timeOn: (date: string) => string | undefined,
): Shown<LocalMoment> {
  return map(dateOf(parent, dateName), (date) => localMoment(date, timeOn(date), timeZone));
}

/**
 * UTC milliseconds. The `…_utc_seconds` element is exact; the local one is the account's wall
 * clock (TourCMS API, "Show Booking").
 */
export function epochOf(
  parent: XmlElement,
  utcName: string | undefined,
  localName: string | undefined,
  timeZone: string,
): Shown<number> {
  const seconds = utcName === undefined ? undefined : idOf(parent, utcName);
  if (isFilled(seconds) && /^\d{1,11}$/.test(seconds)) return Number(seconds) * 1000;
  const local = localName === undefined ? undefined : map(textOf(parent, localName), wallClock);
  if (!isFilled(local)) return seconds === null || local === null ? null : undefined;
  return instantOf(localMoment(local.date, local.time, timeZone));
}

function wallClock(text: string): Shown<{ date: string; time: string | undefined }> {
  if (text.startsWith("0000")) return null;
  const [date = "", time] = text.split(/[ T]/, 2);
  return { date, time };
}

/** RFC 3339 */
export function instantText(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

export function isFilled<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null;
}

/** Applies to what is shown and filled; keeps "empty" and "not there" apart. */
export function map<A, B>(value: Shown<A>, change: (value: A) => Shown<B>): Shown<B> {
  if (value === undefined) return undefined;
  return value === null ? null : change(value);
}

/** Only the filled ones, for shapes that know no null. */
export function filled<T extends object>(parts: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(parts).filter(([, value]) => isFilled(value));
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}
