import { isTimeZone } from "#sdk";
import { z } from "zod";

export const DigestConfig = z.strictObject({
  to: z.email().optional().describe("Gets the mail instead of mail.office"),
  every: z.enum(["hour", "day"]).default("day").describe("How often there is a mail"),
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day such as 07:00")
    .default("07:00")
    .describe("Time of the daily mail"),
  timeZone: z
    .string()
    .refine(isTimeZone, "must be a time zone such as Europe/Oslo")
    .optional()
    .describe("Zone of `at` and of the times in the mail; by default the machine's"),
  evenWhenEmpty: z.boolean().default(false).describe("Whether a mail says that nothing happened"),
  template: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, "must be the name of a folder")
    .default("default")
    .describe("Folder digest/<name> below templatePaths; what it lacks comes from default"),
});

export type DigestConfig = z.output<typeof DigestConfig>;
