import { z } from "zod";

import { BOOKING_STATUSES } from "../sdk/booking.ts";
import { EVENT_TYPES } from "../sdk/booking-event.ts";
import { WEBHOOK_SECRET } from "../sdk/standard-webhook.ts";
import { Calendar, Tokens } from "./calendar-schema.ts";

const Name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "use lower-case letters, digits, - and _ (63 at most)");

const Text = z.string().min(1);

const Instant = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), "write a date such as 2026-11-01");

/** One address, alone or behind a name, as `mail/address.ts` takes it apart later. */
const SENDER = /^(?:[^<>]*<)?[^\s,;:<>"()@\\]+@[^\s,;:<>"()@\\]+>?$/;

export const Sender = z
  .string()
  .regex(SENDER, "must be one e-mail address, such as Fjord Walks <post@example.com>");

const Language = z.string().refine(isLanguageTag, "write a language tag such as nb, de or en-us");

function isLanguageTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

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

export const MODES = ["live", "shadow"] as const;

const Mode = z.enum(MODES).default("live");

const Connection = z.strictObject({
  source: Text.describe("Id of the integration that understands the booking system"),
  tokens: Tokens.describe(
    "Secrets of the callback URL, newest first; the older one stays valid for a change",
  ),
  name: Text.optional().describe("Name of the operator as guests know it"),
  since: Instant.optional().describe("Bookings made before are not news; default: first start"),
  language: Language.optional().describe("Language of guests who have not chosen one"),
  country: Text.optional().describe("Country of guests who have not given one"),
  mail: z
    .strictObject({
      from: Sender.optional().describe("Sender address, with or without a name"),
      replyTo: Sender.optional().describe("Where guests' answers go"),
    })
    .optional()
    .describe("Sender of mails to guests of this connection"),
  map: z
    .strictObject(Object.fromEntries(MAPPED_FIELDS.map((field) => [field, CustomPath.optional()])))
    .optional()
    .describe("Standard fields that custom form items fill"),
  mode: Mode.describe("shadow: everything runs and says what it would do; nothing leaves"),
  simulated: z
    .boolean()
    .default(false)
    .describe("Played by the simulator: its mails never leave this machine"),
  settings: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("Account, keys and the like, as the booking system's integration has them"),
});

const When = z.strictObject({
  connections: z.array(Text).optional().describe("Only events of these connections"),
  types: z.array(z.enum(EVENT_TYPES)).optional().describe("Only events of these types"),
  products: z.array(Text).optional().describe("Product ids or codes; one of the items must match"),
  channels: z.array(Text).optional().describe("Ids of the brands or sites that sold the booking"),
  statuses: z.array(z.enum(BOOKING_STATUSES)).optional().describe("Status after the event"),
  agents: z
    .enum(["any", "none", "only"])
    .optional()
    .describe("Bookings made by agents: also, not, or only; default: any"),
  custom: z.record(z.string(), z.string()).optional().describe("Form items and their values"),
});

const Instance = z.strictObject({
  use: Text.optional().describe("Id of the integration; default: the name of this entry"),
  when: When.default({}).describe("Which events it gets; without this all that it handles"),
  mode: Mode.describe("shadow: it runs and says what it would do; nothing leaves"),
  settings: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("Settings of this use of the integration"),
});

const TIME = "(?:[01]\\d|2[0-3]):[0-5]\\d";
const RELATIVE_TO = new RegExp(`^(?:start|end|created|confirmed|service day at ${TIME})$`);
const OFFSET = new RegExp(`^[+-]?\\d{1,5}(?:[mh]|d(?: at ${TIME})?)$`);

const Time = z.string().regex(new RegExp(`^${TIME}$`), "write a time such as 21:00");

const Span = z.string().regex(/^\d{1,5}[mhd]$/, "write a span such as 30m, 6h or 2d");

const QuietHours = z.strictObject({
  from: Time.describe("Beginning, on the clock where the booking takes place"),
  to: Time.describe("End; earlier than the beginning: over midnight"),
  move: z
    .enum(["before", "after"])
    .default("after")
    .describe("before: to the evening before; after: to the morning after"),
});

const Timer = z.strictObject({
  name: Name.describe("Told to handlers, so that they know their timer"),
  relativeTo: z
    .string()
    .regex(RELATIVE_TO, "write start, end, created, confirmed, or service day at 08:00")
    .describe("start, end, created, confirmed, or service day at HH:MM"),
  offset: z
    .string()
    .regex(OFFSET, "write an offset such as -48h, 30m, +1d or -1d at 18:00")
    .describe("Before (-48h) or after (2h); days may have a time: -1d at 18:00"),
  statuses: z
    .array(z.enum(BOOKING_STATUSES))
    .min(1)
    .optional()
    .describe("Only bookings in these; default: confirmed, checked_in, checked_out"),
  connections: z.array(Text).optional().describe("Only bookings of these connections"),
  products: z.array(Text).optional().describe("Only bookings with one of these products"),
  quietHours: QuietHours.optional().describe("Hours in which it does not go off"),
  late: z
    .enum(["run", "skip"])
    .default("run")
    .describe("run: a moment that passed unseen is made up for; skip: it is not"),
  within: Span.default("1d").describe("A moment older than this is passed over in any case"),
  againAfter: Span.default("12h").describe(
    "A booking that moves by more after the timer went off gets it again",
  ),
});

const Limits = z.strictObject({
  bodyBytes: z.int().min(1024).default(1_048_576).describe("Larger bodies are answered 413"),
  headerBytes: z.int().min(1024).default(16_384).describe("More headers are answered 431"),
  urlBytes: z.int().min(256).default(8_192).describe("Longer URLs are answered 414"),
  requestSeconds: z.number().min(1).default(10).describe("Slower requests are answered 408"),
  spoolBytes: z
    .int()
    .min(1024)
    .default(1_073_741_824)
    .describe(
      "Calls kept on this machine's disk while the database is away; more are answered 503",
    ),
});

const Retention = z.strictObject({
  deliveriesDays: z.int().min(1).default(90).describe("How long messages are kept"),
  jobsDays: z.int().min(1).default(90).describe("How long finished jobs are kept"),
});

const Retries = z.strictObject({
  giveUpDays: z
    .number()
    .positive()
    .default(3)
    .describe("A job that still fails at this age needs a person"),
});

const Reconcile = z.strictObject({
  everyMinutes: z
    .number()
    .min(0)
    .default(15)
    .describe("How often a source is asked what has changed; 0: only by command"),
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "write a time such as 03:00")
    .default("03:00")
    .describe("From then on, by this machine's clock, coming bookings are compared once a day"),
  daysAhead: z
    .int()
    .min(1)
    .max(1500)
    .default(400)
    .describe("Bookings that begin within so many days are compared once a day"),
  importDays: z
    .int()
    .min(0)
    .max(1500)
    .default(60)
    .describe("So many days are imported at the first start with a key; 0: none"),
  report: z.boolean().default(true).describe("One line a day to mail.office, for each connection"),
});

const Alerts = z.strictObject({
  mail: z.boolean().default(true).describe("Write to mail.office; without such an address nobody"),
  webhook: z
    .strictObject({
      url: z
        .string()
        .regex(/^https?:\/\/[^/]/, "write an address such as https://example.com/alerts")
        .describe("Gets incidents as they open and close"),
      secret: z
        .string()
        .regex(WEBHOOK_SECRET, "write whsec_ and 24 to 64 bytes in base64")
        .describe("Signs them as https://www.standardwebhooks.com says: whsec_…"),
    })
    .optional()
    .describe("A program that is told of incidents"),
  backlogMinutes: z.number().min(1).default(15).describe("Waiting longer than this is an incident"),
  silence: z
    .strictObject({
      hours: z.number().min(1).default(2).describe("A shorter silence is none"),
      missedCalls: z
        .number()
        .min(1)
        .default(24)
        .describe("Calls that came in the same hours of earlier weeks"),
    })
    .prefault({})
    .describe("When a connection is missed"),
});

const People = z.strictObject({
  relayDomains: z
    .array(Text)
    .default([])
    .describe("Resellers' mail domains besides those known: an address there is no guest's own"),
});

/** `bellhop.yaml` */
export const ConfigSchema = z.strictObject({
  mail: z
    .strictObject({
      mode: z
        .enum(["rehearsal", "live"])
        .default("rehearsal")
        .describe("rehearsal: the office gets every mail instead of the guest; live: guests do"),
      office: z.email().optional().describe("Gets rehearsal mails and notes that need a person"),
      brake: z
        .strictObject({
          perHour: z
            .int()
            .min(1)
            .default(50)
            .describe("So many mails to guests an hour always go, however few are usual"),
        })
        .prefault({})
        .describe("Mails to guests stop at three times the usual number, until a person resumes"),
    })
    .prefault({})
    .describe("Who gets mails"),
  connections: z
    .record(Name, Connection)
    .default({})
    .describe("Accounts at booking systems, by a name of your own; it is part of callback URLs"),
  integrations: z
    .record(Name, Instance)
    .default({})
    .describe("What follows from bookings: integrations in use, by a name of your own"),
  calendars: z
    .record(Name, Calendar)
    .default({})
    .describe("Calendars to subscribe to, by a name of your own; it is part of their links"),
  timers: z.array(Timer).default([]).describe("Moments around bookings that handlers hear of"),
  limits: Limits.prefault({}).describe("What callers may send"),
  retention: Retention.prefault({}).describe("How long things are kept"),
  retries: Retries.prefault({}).describe("How long what fails is tried again"),
  reconcile: Reconcile.prefault({}).describe("How bookings are compared with their source"),
  people: People.prefault({}).describe("How guests are told apart"),
  alerts: Alerts.prefault({}).describe("Who is told when something needs a person, and when"),
  shutdownSeconds: z.number().min(0).default(20).describe("How long work may end after a stop"),
  integrationPaths: z
    .array(Text)
    .default([])
    .describe("Further integrations: folders, or names of installed packages"),
  templatePaths: z
    .array(Text)
    .default([])
    .describe("Folders with templates and images of your own; the first that has a file wins"),
});

export type Config = z.output<typeof ConfigSchema>;
export type ConnectionConfig = Config["connections"][string];
export type CalendarConfig = Config["calendars"][string];
export type InstanceConfig = Config["integrations"][string];
export type Mode = (typeof MODES)[number];
export type WhenConfig = InstanceConfig["when"];
