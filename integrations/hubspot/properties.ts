import type { RecordType } from "./records.ts";

/** A property of ours, as HubSpot's API for properties wants it. */
export interface OwnProperty {
  name: string;
  label: string;
  type: "string" | "number" | "date";
  fieldType: "text" | "textarea" | "number" | "date";
  groupName: string;
  /** Can only be said when it is made. */
  hasUniqueValue?: boolean;
}

/** What each type of record is found by. */
export const KEYS = {
  contacts: "bellhop_person",
  companies: "bellhop_agent",
  deals: "bellhop_booking",
} as const;

const KEY = { type: "string", fieldType: "text", hasUniqueValue: true } as const;
const TEXT = { type: "string", fieldType: "text" } as const;
const LONG = { type: "string", fieldType: "textarea" } as const;
const NUMBER = { type: "number", fieldType: "number" } as const;
const DATE = { type: "date", fieldType: "date" } as const;

const CONTACTS = { groupName: "contactinformation" };
const COMPANIES = { groupName: "companyinformation" };
const DEALS = { groupName: "dealinformation" };

/** All that Bellhop needs and HubSpot does not have by itself. */
export const OWN_PROPERTIES: Readonly<
  Record<Exclude<RecordType, "notes">, readonly OwnProperty[]>
> = {
  contacts: [
    { name: KEYS.contacts, label: "Bellhop guest", ...KEY, ...CONTACTS },
    { name: "bellhop_language", label: "Language of bookings", ...TEXT, ...CONTACTS },
    { name: "bellhop_bookings", label: "Bookings", ...NUMBER, ...CONTACTS },
    { name: "bellhop_spent", label: "Booked for", ...TEXT, ...CONTACTS },
    { name: "bellhop_first_booked", label: "First booked on", ...DATE, ...CONTACTS },
    { name: "bellhop_last_booked", label: "Last booked on", ...DATE, ...CONTACTS },
    { name: "bellhop_next_stay", label: "Next stay on", ...DATE, ...CONTACTS },
    { name: "bellhop_tags", label: "Bellhop tags", ...TEXT, ...CONTACTS },
    { name: "bellhop_consent", label: "Agreed to be written to", ...TEXT, ...CONTACTS },
  ],
  companies: [{ name: KEYS.companies, label: "Bellhop agent", ...KEY, ...COMPANIES }],
  deals: [
    { name: KEYS.deals, label: "Bellhop booking", ...KEY, ...DEALS },
    { name: "bellhop_status", label: "Status of the booking", ...TEXT, ...DEALS },
    { name: "bellhop_starts_on", label: "Starts on", ...DATE, ...DEALS },
    { name: "bellhop_ends_on", label: "Ends on", ...DATE, ...DEALS },
    { name: "bellhop_products", label: "Booked", ...LONG, ...DEALS },
    { name: "bellhop_guest", label: "Contact of the booking", ...TEXT, ...DEALS },
  ],
};
