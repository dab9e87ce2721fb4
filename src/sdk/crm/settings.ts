import { z } from "zod";

import { BOOKING_STATUSES } from "../booking.ts";

const YES = ["yes", "true", "1", "on", "x", "ja", "oui", "si", "sí", "sim", "tak", "kyllä"];

/** Settings that every CRM target takes besides its own. */
export const crmSettings = {
  consentItem: z
    .string()
    .min(1)
    .optional()
    .describe("Form item or custom field by which guests agree to be written to"),
  consentValues: z
    .array(z.string().min(1))
    .min(1)
    .default(YES)
    .describe("Answers of it that mean yes, upper or lower case; any other means no"),
  subscribe: z
    .enum(["never", "consent"])
    .default("never")
    .describe("consent: guests who have agreed are put on the list; never: nobody is"),
  tags: z.array(z.string().min(1)).default([]).describe("Given to every contact"),
  stages: z
    .partialRecord(z.enum(BOOKING_STATUSES), z.string().min(1))
    .default({})
    .describe("Stage of a deal by the status of its booking"),
  deals: z.boolean().default(true).describe("Whether bookings become deals, where there are any"),
  notes: z
    .boolean()
    .default(true)
    .describe("Whether the history of a contact tells how bookings go on, where there is one"),
  onOfficeEdit: z
    .enum(["keep", "overwrite"])
    .default("keep")
    .describe("A field that the office has changed: keep it so, or write what the booking says"),
  whenDeleted: z
    .enum(["leave", "recreate"])
    .default("leave")
    .describe("A contact that the office has deleted: leave it so, or make it anew"),
};

export type CrmSettings = z.output<z.ZodObject<typeof crmSettings>>;
