import { z } from "zod";

import { webAddress } from "#sdk";
import { crmSettings } from "#sdk/crm";

/** What a merge field may show of a guest. */
export const SHOWN = [
  ...(["name", "firstName", "lastName", "phone", "language", "country", "company"] as const),
  ...(["bookings", "spent", "firstBookedOn", "lastBookedOn", "nextStayOn", "consent"] as const),
] as const;
export type Shown = (typeof SHOWN)[number];

const MergeTag = z.string().regex(/^[A-Z][A-Z0-9_]{0,9}$/, "is no merge tag, such as FNAME");

/** What is Mailchimp's alone. */
export const mailchimpSettings = {
  apiKey: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe("Of your account, with its data centre at the end: `…-us6`"),
  listId: z.string().min(1).describe("Id of the audience: Audience → Settings"),
  mergeFields: z
    .record(MergeTag, z.enum(SHOWN))
    .default({ FNAME: "firstName", LNAME: "lastName", PHONE: "phone" })
    .describe("Merge tags of the audience, and what each shows of a guest"),
  formerTags: z
    .array(z.string().min(1))
    .default([])
    .describe("Taken off every contact: tags that `tags` named once"),
  apiBaseUrl: webAddress("`apiKey` alone is what Bellhop logs in with")
    .optional()
    .describe("Address of the API; defaults to that of the key's data centre"),
};

export const MailchimpConfig = z
  .strictObject({ ...crmSettings, ...mailchimpSettings })
  .refine(({ apiKey, apiBaseUrl }) => apiBaseUrl !== undefined || dataCentre(apiKey) !== "", {
    path: ["apiKey"],
    error: "has no data centre at its end, such as `-us6`: copy the whole key",
  });

export type MailchimpConfig = z.output<typeof MailchimpConfig>;

/** `us6` */
export function dataCentre(apiKey: string): string {
  return /-([a-z]{2,3}\d+)$/.exec(apiKey)?.[1] ?? "";
}
