import { z } from "zod";

import { EVENT_TYPES, type EventType, webAddress, WEBHOOK_SECRET } from "#sdk";

/** What `schedule.due` says is between Bellhop and one integration. */
export const SENT_TYPES = EVENT_TYPES.filter((type) => type !== "schedule.due");

/** A tick says nothing about a booking, and paid receivers count every message. */
const ONLY_WHEN_NAMED: readonly EventType[] = ["clock.hourly"];

const Secret = z.string().regex(WEBHOOK_SECRET, "write whsec_ and 24 to 64 bytes in base64");

export const WebhookOutConfig = z.strictObject({
  url: webAddress("Bellhop signs what it sends, and logs in nowhere")
    .meta({ secret: true })
    .describe("Where events are sent, such as https://example.com/hooks/bookings"),
  secret: z
    .union([Secret, z.array(Secret).min(1).max(2)], {
      error: "write whsec_ and 24 to 64 bytes in base64, or a list of two such, newest first",
    })
    .meta({ secret: true })
    .transform((given) => [given].flat())
    .describe("Signs what is sent: whsec_…; while it is changed a list of two, newest first"),
  types: z
    .array(z.enum(SENT_TYPES))
    .min(1)
    .optional()
    .describe("Types of events that are sent; default: all but clock.hourly"),
  contentType: z
    .enum(["application/cloudevents+json", "application/json"])
    .default("application/cloudevents+json")
    .describe("What the body is called; some receivers read it only as application/json"),
  allowPrivate: z
    .union([z.boolean(), z.array(z.string().toLowerCase().min(1))], {
      error: "must be true, false or a list of host names",
    })
    .default(false)
    .describe("Whether url may lead into a private network: always, or to which host names"),
});

export type WebhookOutConfig = z.output<typeof WebhookOutConfig>;

export function isWanted({ types }: WebhookOutConfig, type: EventType): boolean {
  if (types === undefined) return !ONLY_WHEN_NAMED.includes(type);
  return types.some((one) => one === type);
}

/** The receiver as people are told of it. The rest of the address is often as good as a key. */
export function hostOf({ url }: WebhookOutConfig): string {
  return new URL(url).host;
}

/** Whether nothing may be sent to a private network. */
export function isOnlyPublic({ url, allowPrivate }: WebhookOutConfig): boolean {
  if (typeof allowPrivate === "boolean") return !allowPrivate;
  return !allowPrivate.includes(new URL(url).hostname);
}
