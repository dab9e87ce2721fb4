import { z } from "zod";

import { ConfigurationError } from "#sdk";

import type { Tryton } from "./client.ts";
import { asDay, asId, date } from "./wire.ts";

const PeriodRow = { id: asId, name: z.string(), state: z.string(), end_date: asDay };

/**
 * The period a day falls into. Asked each time, because a bookkeeper may close it at any moment.
 *
 * @throws ConfigurationError when it is closed, or nobody has made it yet.
 */
export async function openPeriod(day: string, tryton: Tryton): Promise<number> {
  const domain = [
    ["start_date", "<=", date(day)],
    ["end_date", ">=", date(day)],
    ["type", "=", "standard"],
  ];
  const periods = await tryton.searchRead("account.period", domain, PeriodRow);
  const open = periods.find(({ state }) => state === "open");
  if (open !== undefined) return open.id;

  const [closed] = periods;
  if (closed === undefined) {
    throw new ConfigurationError(
      `Tryton has no period for ${day}: make the fiscal year with its periods there`,
    );
  }
  throw new ConfigurationError(
    `the period ${closed.name} is closed in Tryton, and ${day} is in it: set closedUntil to ` +
      `${closed.end_date}, so that documents are dated after it, or open the period again`,
  );
}
