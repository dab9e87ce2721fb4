import {
  instantOf,
  type ListPage,
  type ListQuestion,
  type Notice,
  type RecordList,
  type TimeWindow,
} from "#sdk";

import { withLearned } from "../calibration.ts";
import type { PlanyoConfig } from "../config.ts";
import { readMoment } from "../times.ts";
import { looksCutOff, ofSite, pageParameter, readRows, word } from "./rows.ts";
import type { ListContext, Row } from "./rows.ts";
import { daysLater, daysTouched, wholeDays } from "./windows.ts";

const DAY_MS = 24 * 3_600_000;

/** A closure matters while it lies ahead, and the list tells when it is, not when it was made. */
const DAYS_AHEAD = 366;

/** Closures from the window's first day on (`list_vacations`), of the site and of its resources. */
export async function readClosures(
  { window, page }: ListQuestion<TimeWindow>,
  context: ListContext,
): Promise<ListPage> {
  const { from, to } = daysTouched(window, context.config);
  const parameters = {
    ...wholeDays({ from, to: daysLater(to, DAYS_AHEAD) }),
    resource_id: "all",
    include_site_vacations: "true",
    // Both default to a part of them only (topic list_vacations).
    type: "all",
    vacation_recurrence_type: "all",
    ...pageParameter(page),
  };
  const rows = await readRows("list_vacations", parameters, context);
  const config = withLearned(context.config, context.learned);
  const records = ofSite(rows, config).flatMap((row) => noticeOf(row, config));
  return { bookings: [], records, isLast: !looksCutOff(rows) };
}

/**
 * A one-time closure that still lies ahead and is not listed has been deleted. Of others the list
 * need not say so: repeated ones have no end of their own, and several at once (an import) have one
 * id in the call and one each in the list.
 */
export const closureRecords: RecordList<PlanyoConfig, TimeWindow> = {
  kind: "vacation",
  isGone: ({ update_type: type }) => type === "removed",
  asGone({ kind, id, record }, { since, until }) {
    const [start, end] = [Number(record["start_time"]), Number(record["end_time"])];
    const isAhead = end * 1000 > since + DAY_MS && start * 1000 < until + (DAYS_AHEAD - 2) * DAY_MS;
    if (!/^\d{1,20}$/.test(id) || record["vacation_type"] !== "1" || !isAhead) return undefined;
    const fields = { vacation_id: id, update_type: "removed" };
    return {
      subject: { kind, id },
      announcement: {
        type: "availability.changed",
        native: { event: "list_vacations", fields },
        actor: "unknown",
      },
      record: { ...record, update_type: "removed" },
    };
  },
};

function noticeOf(row: Row, config: PlanyoConfig): Notice[] {
  const id = word(row, "vacation_id") ?? word(row, "id");
  if (id === undefined || !/^\d{1,20}$/.test(id)) return [];
  const fields = Object.fromEntries(Object.keys(row).map((name) => [name, word(row, name) ?? ""]));
  return [
    {
      subject: { kind: "vacation", id },
      announcement: {
        type: "availability.changed",
        native: { event: "list_vacations", fields },
        actor: "unknown",
      },
      record: recordOf(id, row, config),
    },
  ];
}

/** What the row carries, under the names and in the form that `vacation_modified` has it. */
function recordOf(id: string, row: Row, config: PlanyoConfig): Record<string, string> {
  const resource = word(row, "resource_id");
  const isOfSite = row["resource_id"] !== undefined && (resource ?? "0") === "0";
  const told = {
    updated_vacation_ids: id,
    vacation_type: vacationType(row),
    start_time: secondsIn(row, "start_time", config),
    end_time: secondsIn(row, "end_time", config),
    valid_from: secondsIn(row, "valid_from", config),
    valid_until: secondsIn(row, "valid_until", config),
    site_id: word(row, "site_id"),
    resource_id: isOfSite ? undefined : resource,
    is_site_vacation:
      word(row, "is_site_vacation") ?? (resource || isOfSite ? String(isOfSite) : undefined),
  };
  const shown = Object.entries(told).filter(([, value]) => value !== undefined);
  return Object.fromEntries(shown) as Record<string, string>; // without what is undefined
}

/** The numbers of the call (FAQ 222) by the words of the API (topic add_recurring_vacation). */
const RECURRENCES: Readonly<Record<string, string>> = {
  "one-time": "1",
  day: "2",
  week: "3",
  month: "4",
  year: "5",
};

/** `type` of a row is something else: where the closure came from. */
function vacationType(row: Row): string | undefined {
  const told = word(row, "vacation_type") ?? word(row, "recurrence_type");
  if (told === undefined || /^\d+$/.test(told)) return told;
  return RECURRENCES[told];
}

/** The list writes local text, the call seconds: the same moment must look the same. */
function secondsIn(row: Row, name: string, config: PlanyoConfig): string | undefined {
  const text = word(row, name);
  const moment = text === undefined ? undefined : readMoment(text, config);
  if (!moment) return undefined;
  const isWallClock = config.timestamps === "wall_clock";
  const instant = instantOf(isWallClock ? { ...moment, timeZone: "UTC" } : moment);
  return String(Math.floor(instant / 1000));
}
