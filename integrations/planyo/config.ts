import { z } from "zod";

import { isTimeZone, webAddress } from "#sdk";

const digits = z.string().regex(/^\d{1,20}$/, "must be a number in quotes");

export const PlanyoConfig = z.strictObject({
  siteId: digits
    .optional()
    .describe(
      "Planyo's number of the site. Notifications of another site are refused; needed with the key of a metasite",
    ),
  apiKey: z
    .string()
    .min(1)
    .optional()
    .meta({ secret: true })
    .describe("API key of the site. Without it the notification itself is taken as the state"),
  hashKey: z
    .string()
    .min(1)
    .optional()
    .meta({ secret: true })
    .describe("Secret hash key, only when it is enabled for the API key"),
  apiBaseUrl: webAddress("`apiKey` and `hashKey` are what Bellhop logs in with")
    .default("https://www.planyo.com/rest/")
    .describe("Address of the API; https://sandbox.planyo.com/rest/ for a test site"),
  timestamps: z
    .enum(["true_epoch", "wall_clock", "auto"])
    .default("auto")
    .describe(
      "How the times in notifications are meant: true Unix time, or the site's wall clock counted as if it were UTC. `auto` finds out from the first reservations, beside the API",
    ),
  timeZone: z
    .string()
    .refine(isTimeZone, "must be a time zone such as Europe/Madrid")
    .default("UTC")
    .describe("Time zone of the site, as in Planyo's site settings"),
  timers: z
    .enum(["both", "own", "source"])
    .default("both")
    .describe("Whose clock makes `booking.timer` events: Bellhop's, Planyo's or both"),
  hourlyLimit: z.int().min(1).default(500).describe("API calls in any hour"),
  secondsBetweenCalls: z
    .number()
    .min(0)
    .default(1)
    .describe("Pause between the starts of two API calls"),
});

export type PlanyoConfig = z.infer<typeof PlanyoConfig>;
