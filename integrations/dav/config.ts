import { webAddress } from "#sdk";
import { calendarRule } from "#sdk/calendar";
import { crmSettings } from "#sdk/crm";
import { z } from "zod";

const address = webAddress("write them as `user` and `password`");

const CalendarRule = z.strictObject({
  url: address.describe("The calendar"),
  ...calendarRule,
});

export const DavConfig = z
  .strictObject({
    addressBookUrl: address
      .optional()
      .describe("The address book, or the server where one is to be found; absent: no contacts"),
    calendarUrl: address
      .optional()
      .describe("The calendar of everything that none of `calendars` takes"),
    calendars: z
      .array(CalendarRule)
      .default([])
      .describe("Calendars of resources, guides, products: the first that fits takes an item"),
    user: z.string().min(1).describe("Name to log in with"),
    password: z
      .string()
      .min(1)
      .meta({ secret: true })
      .describe("Password, where the server has them one for this app alone"),
    ...crmSettings,
  })
  .refine(
    ({ addressBookUrl, calendarUrl, calendars }) =>
      addressBookUrl !== undefined || calendarUrl !== undefined || calendars.length > 0,
    "needs an addressBookUrl, a calendarUrl or calendars: there is nothing to write to",
  );
export type DavConfig = z.output<typeof DavConfig>;
