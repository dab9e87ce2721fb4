import { z } from "zod";

import { webAddress } from "#sdk";
import { crmSettings } from "#sdk/crm";

/** What is HubSpot's alone. */
export const hubspotSettings = {
  token: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe("Access token of a private app of your HubSpot account"),
  pipeline: z
    .string()
    .min(1)
    .default("default")
    .describe("Id or name of the pipeline that deals go into"),
  callsInTenSeconds: z
    .int()
    .min(40)
    .default(90)
    .describe(
      "Of HubSpot's limit for the whole account: 100, or 190 with larger plans; contacts and deals have half of them each",
    ),
  makeProperties: z
    .boolean()
    .default(false)
    .describe("Whether `bellhop check` makes the properties that are missing in HubSpot"),
  apiBaseUrl: webAddress("the token alone is what Bellhop logs in with")
    .default("https://api.hubapi.com")
    .describe("Address of the API"),
};

export const HubSpotConfig = z.strictObject({ ...crmSettings, ...hubspotSettings });

export type HubSpotConfig = z.output<typeof HubSpotConfig>;

/** Contacts and deals may be written in different processes, which know nothing of each other's calls. */
export function callsOfOneProcess({ callsInTenSeconds }: HubSpotConfig): number {
  return Math.floor(callsInTenSeconds / 2);
}
