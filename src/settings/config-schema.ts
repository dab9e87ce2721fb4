import { z } from "zod";

import { BOOKING_STATUSES } from "../sdk/booking.ts";
import { EVENT_TYPES } from "../sdk/booking-event.ts";

const Name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "use lower-case letters, digits, - and _ (63 at most)");

const Text = z.string().min(1);

const Instant = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), "write a date such as 2026-11-01");

/** Standard fields that a custom form item may fill. */
export const MAPPED_FIELDS = [
  "language",
  "company",
  "taxNumber",
  "notes",
  "customer.firstName",
  "customer.lastName",
  "customer.email",
  "customer.phone",
  "customer.country",
  "agent.name",
  "agent.email",
  "agent.reference",
  "travellerCount",
] as const;

const CustomPath = z
  .string()
  .regex(/^custom\..+$/s, "write custom. and the name of the form item, such as custom.Company");

const Connection = z.strictObject({
  source: Text.describe("Id of the integration that understands the booking system"),
  tokens: z
    .array(Text)
    .min(1)
    .max(2)
    .describe("Secrets of the callback URL, newest first; the older one stays valid for a change"),
  name: Text.optional().describe("Name of the operator as guests know it"),
  since: Instant.optional().describe("Bookings made before are not news; default: first start"),
  language: Text.optional().describe("Language of guests who have not chosen one"),
  country: Text.optional().describe("Country of guests who have not given one"),
  mail: z
    .strictObject({ from: Text.optional(), replyTo: Text.optional() })
    .optional()
    .describe("Sender of mails to guests of this connection"),
  map: z
    .strictObject(Object.fromEntries(MAPPED_FIELDS.map((field) => [field, CustomPath.optional()])))
    .optional()
    .describe("Standard fields that custom form items fill"),
  simulated: z
    .boolean()
    .default(false)
    .describe("Played by the simulator: its mails never leave this machine"),
  settings: z.record(z.string(), z.unknown()).default({}),
});

const When = z.strictObject({
  connections: z.array(Text).optional(),
  types: z.array(z.enum(EVENT_TYPES)).optional(),
  products: z.array(Text).optional().describe("Product ids or codes; one of the items must match"),
  channels: z.array(Text).optional(),
  statuses: z.array(z.enum(BOOKING_STATUSES)).optional(),
  agents: z.enum(["any", "none", "only"]).optional(),
  custom: z.record(z.string(), z.string()).optional().describe("Form items and their values"),
});

const Instance = z.strictObject({
  use: Text.optional().describe("Id of the integration; default: the name of this entry"),
  when: When.default({}),
  settings: z.record(z.string(), z.unknown()).default({}),
});

const Timer = z.strictObject({
  name: Name,
  relativeTo: Text,
  offset: Text,
  statuses: z.array(z.enum(BOOKING_STATUSES)).optional(),
  connections: z.array(Text).optional(),
  products: z.array(Text).optional(),
});

const Limits = z.strictObject({
  bodyBytes: z.int().min(1024).default(1_048_576),
  headerBytes: z.int().min(1024).default(16_384),
  urlBytes: z.int().min(256).default(8_192),
  requestSeconds: z.number().min(1).default(10),
});

const Retention = z.strictObject({
  deliveriesDays: z.int().min(1).default(90),
  jobsDays: z.int().min(1).default(90),
});

/** `bellhop.yaml` */
export const ConfigSchema = z.strictObject({
  mail: z
    .strictObject({
      mode: z.enum(["rehearsal", "live"]).default("rehearsal"),
      office: z.email().optional(),
    })
    .prefault({}),
  connections: z.record(Name, Connection).default({}),
  integrations: z.record(Name, Instance).default({}),
  timers: z.array(Timer).default([]),
  limits: Limits.prefault({}),
  retention: Retention.prefault({}),
  shutdownSeconds: z.number().min(0).default(20),
  integrationPaths: z.array(Text).default([]),
  templatePaths: z.array(Text).default([]),
});

export type Config = z.output<typeof ConfigSchema>;
export type ConnectionConfig = Config["connections"][string];
export type InstanceConfig = Config["integrations"][string];
export type WhenConfig = InstanceConfig["when"];
