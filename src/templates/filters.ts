import type { Liquid } from "liquidjs";

import { formatMoney, type Money } from "../sdk/money.ts";
import { formatMoment, instantOf, type LocalMoment } from "../sdk/time.ts";

type DateStyle = "full" | "long" | "medium";

/** What a filter needs of the run it is used in. */
interface Run {
  context: { globals: object };
}

/** The filters a template has beyond those of Liquid. Values of another shape give empty text. */
export function addFilters(liquid: Liquid): void {
  liquid.registerFilter("money", function (value: unknown) {
    return isMoney(value) ? formatMoney(value, languageOf(this)) : "";
  });
  liquid.registerFilter("moment", function (value: unknown, style?: unknown) {
    return isMoment(value) ? formatMoment(value, languageOf(this), styleOf(style)) : "";
  });
  liquid.registerFilter("date", function (value: unknown, style?: unknown) {
    const day = dayOf(value);
    return day ? formatMoment(day, languageOf(this), styleOf(style)) : "";
  });
  liquid.registerFilter("time", function (value: unknown) {
    return isMoment(value) ? timeText(value, languageOf(this)) : "";
  });
  liquid.registerFilter("period", function (value: unknown, style?: unknown) {
    const { start, end } = (value ?? {}) as { start?: unknown; end?: unknown };
    if (!isMoment(start)) return isMoment(end) ? periodText(end, end, this, style) : "";
    return periodText(start, isMoment(end) ? end : start, this, style);
  });
  liquid.registerFilter("fill", (text: unknown, ...values: unknown[]) => fill(text, values));
}

function languageOf(run: Run): string {
  const { language } = run.context.globals as { language?: unknown };
  return typeof language === "string" ? language : "en-GB";
}

function styleOf(style: unknown): DateStyle {
  return style === "full" || style === "medium" ? style : "long";
}

function isMoney(value: unknown): value is Money {
  const money = value as Partial<Money> | null | undefined;
  return typeof money?.amountMinor === "number" && typeof money.currency === "string";
}

function isMoment(value: unknown): value is LocalMoment {
  const moment = value as Partial<LocalMoment> | null | undefined;
  return typeof moment?.date === "string" && typeof moment.timeZone === "string";
}

/** A moment without its time; `2026-03-14` and RFC 3339 times are taken too. */
function dayOf(value: unknown): LocalMoment | undefined {
  if (isMoment(value)) return { date: value.date, timeZone: value.timeZone };
  const date = /^\d{4}-\d\d-\d\d/.exec(String(value))?.[0];
  if (date === undefined || Number.isNaN(Date.parse(date))) return undefined;
  return { date, timeZone: "UTC" };
}

function timeText(moment: LocalMoment, language: string): string {
  if (moment.time === undefined) return "";
  const { timeZone } = moment;
  return new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone }).format(
    instantOf(moment),
  );
}

function periodText(start: LocalMoment, end: LocalMoment, run: Run, style: unknown): string {
  const language = languageOf(run);
  const texts = [start, end].map((moment) => formatMoment(moment, language, styleOf(style)));
  const [from = "", to = ""] = texts;
  if (from === to) return from;
  const isAlike = start.timeZone === end.timeZone && !start.time === !end.time;
  // In Japanese `formatRange` leaves the style asked for: `2026/3/14土曜日 9時00分～12時30分`.
  if (/^(ja|ko|zh)\b/.test(language) || !isAlike || instantOf(end) < instantOf(start)) {
    const isSameDay = isAlike && start.date === end.date;
    return isSameDay ? `${from}–${timeText(end, language)}` : `${from} – ${to}`;
  }
  return new Intl.DateTimeFormat(language, {
    dateStyle: styleOf(style),
    ...(start.time === undefined ? {} : { timeStyle: "short" as const }),
    timeZone: start.timeZone,
  }).formatRange(instantOf(start), instantOf(end));
}

/** Puts values into a sentence: `{{ t.greeting | fill: name: guest.name }}` and "Hello {name},". */
function fill(text: unknown, values: readonly unknown[]): string {
  const named = new Map(values.filter((pair) => Array.isArray(pair)).map(([k, v]) => [k, v]));
  if (typeof text !== "string") return "";
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    named.has(name) ? String(named.get(name) ?? "") : whole,
  );
}
