import { isTimeZone, webAddress } from "#sdk";
import { z } from "zod";

const ID = /^[0-9]{1,12}$/;
const ID_WANTED = "must be a number of 1 to 12 digits";

// YAML reads an id without quotes as a number, so numbers are taken too.
const id = z.coerce.string().regex(ID, ID_WANTED);

const apiKey = z.string().trim().min(1).meta({ secret: true });

const Channel = z.strictObject({
  apiKey: apiKey.optional().describe("API key of this channel; without it its calls are held"),
});

const Settings = z.strictObject({
  accountId: id
    .optional()
    .describe("Number of the TourCMS account; calls for another account are refused"),
  marketplaceId: id.default("0").describe("0 for a tour operator, else the marketplace agent's id"),
  channels: z
    .record(z.string().regex(ID, ID_WANTED), Channel)
    .default({})
    .describe("API keys by channel id"),
  channelId: id
    .optional()
    .describe("Id of the channel, where there is only one; with apiKey, instead of channels"),
  apiKey: apiKey.optional().describe("API key of that one channel"),
  apiBaseUrl: webAddress("`apiKey` alone is what Bellhop logs in with")
    .default("https://api.tourcms.com")
    .describe("Where the TourCMS API is"),
  timeZone: z
    .string()
    .refine(isTimeZone, "must be an IANA time zone such as Europe/Oslo")
    .default("UTC")
    .describe("Time zone of the account, in which TourCMS writes dates and times"),
  hourlyLimit: z.coerce
    .number()
    .int()
    .positive()
    .default(3000)
    .describe("API calls allowed in an hour; TourCMS allows 3,000"),
});

export const TourcmsConfig = Settings.superRefine((settings, context) => {
  const refuse = (path: string, message: string) => {
    context.addIssue({ code: "custom", path: [path], message });
  };
  const hasShortForm = settings.channelId !== undefined || settings.apiKey !== undefined;
  if (hasShortForm && Object.keys(settings.channels).length > 0) {
    refuse("channels", "give either channels, or channelId with apiKey, not both");
  } else if (settings.channelId !== undefined && settings.apiKey === undefined) {
    refuse("apiKey", "channelId needs its apiKey beside it");
  } else if (settings.apiKey !== undefined && settings.channelId === undefined) {
    refuse("channelId", "apiKey needs the channelId it belongs to");
  }
}).transform(({ channelId, channels, apiKey, apiBaseUrl, ...rest }) => ({
  ...rest,
  channels: channelId === undefined ? channels : { [channelId]: { apiKey } },
  apiBaseUrl: apiBaseUrl.replace(/\/+$/, ""),
}));

export type TourcmsConfig = z.output<typeof TourcmsConfig>;

/** The API key of a channel, or undefined where none is configured. */
export function apiKeyOf(config: TourcmsConfig, channelId: string): string | undefined {
  return config.channels[channelId]?.apiKey;
}

/** Channels whose bookings can be looked up. */
export function keyedChannels({ channels }: TourcmsConfig): string[] {
  return Object.keys(channels).filter((id) => channels[id]?.apiKey !== undefined);
}
