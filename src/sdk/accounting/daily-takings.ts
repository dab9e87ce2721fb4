import type { ScheduleContext } from "../context.ts";
import type { ClockSchedule } from "../schedule.ts";
import { merge, negated, sumOf } from "./booking-lines.ts";
import { type Collected, collect, dayOf, postedBefore } from "./collecting.ts";
import { dayBefore, openDay } from "./days.ts";
import type { Takings } from "./document.ts";
import type { Taking } from "./noted.ts";
import { takingsPeriod } from "./periods.ts";
import { post } from "./posting.ts";
import type { AccountingSettings } from "./settings.ts";
import { DAYS_LOOKED_AT } from "./takings.ts";
import type { AccountingTarget } from "./target.ts";

type TakingsLine = Takings["lines"][number];

/** Posts what was taken on days that are over, and what has come to be known of them since. */
export function dailyTakings<Config extends AccountingSettings>(
  target: AccountingTarget<Config>,
): ClockSchedule<Config> {
  return {
    id: "takings",
    every: "day at 03:00",
    async handle(_, context) {
      const done: string[] = [];
      let day = dayOf(context);
      for (let count = 0; count < DAYS_LOOKED_AT; count += 1) {
        day = dayBefore(day);
        const waiting = await collect(context.entriesOf(takingsPeriod(day)), "taking", () => "");
        for (const group of waiting.values()) {
          const key = await postDay(target, context, group, day);
          if (key !== undefined) done.push(key);
        }
      }
      return done.length > 0
        ? { done: `posted ${done.join(", ")}` }
        : { skipped: "nothing was taken" };
    },
  };
}

async function postDay<Config extends AccountingSettings>(
  target: AccountingTarget<Config>,
  context: ScheduleContext<Config>,
  { connection, currency, notes }: Collected<Taking>,
  day: string,
): Promise<string | undefined> {
  const prefix = `${connection}/takings-${day}-${currency}/`;
  const before = postedBefore(context.ledger, prefix);
  const begun = before.find(({ isOpen }) => isOpen)?.document;
  const posted = before.flatMap(({ document }) =>
    document.kind === "takings" ? document.lines : [],
  );
  const lines = merge<TakingsLine>([...notes.flatMap(linesOf), ...negated(posted)], keyOf);
  if (begun?.kind !== "takings" && lines.length === 0) return undefined;
  const document: Takings =
    begun?.kind === "takings"
      ? begun
      : {
          ...{ kind: "takings", key: `${prefix}takings:${before.length + 1}`, currency, lines },
          totalMinor: sumOf(lines),
          party: `${connection}-takings`,
          ...openDay(day, context.config),
        };
  await post(target, context, {
    document,
    number: document.key,
    mayExist: begun !== undefined,
    party: { code: document.party, kind: "guest", name: `Takings ${connection}` },
    title: `Takings of ${day}`,
    externalIdOf: () => undefined,
  });
  return document.key;
}

function linesOf({ lines, method }: Taking): TakingsLine[] {
  return lines.map((line) => ({ ...line, ...(method !== undefined && { method }) }));
}

function keyOf({ role, taxCode, ratePercent, method }: TakingsLine): string {
  return [role, taxCode ?? "", ratePercent ?? "", method ?? ""].join("|");
}
