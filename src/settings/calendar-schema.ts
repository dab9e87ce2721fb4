import { z } from "zod";

import { calendarRule, DETAILS } from "../sdk/calendar.ts";

const Text = z.string().min(1);

export const Tokens = z.array(Text).min(1).max(2);

/** A calendar that programs subscribe to. */
export const Calendar = z.strictObject({
  name: Text.optional().describe("As subscribers see it; default: the name of this entry"),
  tokens: Tokens.describe(
    "Secrets of the link, newest first; the older one stays valid for a change",
  ),
  ...calendarRule,
  show: z
    .array(z.enum(DETAILS))
    .default(["name"])
    .describe("What of guests it tells whoever has the link, besides how many they are"),
  daysBack: z
    .int()
    .min(0)
    .max(1500)
    .default(60)
    .describe("What ended more days ago has left the calendar"),
  daysAhead: z
    .int()
    .min(1)
    .max(1500)
    .default(400)
    .describe("What begins in more days is not yet in the calendar"),
});
