import { z } from "zod";

import {
  type BookingEvent,
  type BookingEventType,
  defineIntegration,
  type EffectResult,
  type Handler,
  type HandlerContext,
  type HttpResponse,
  RetryableError,
} from "bellhop/sdk";

const Config = z.strictObject({ url: z.string().describe("The target's address") });

type Config = z.output<typeof Config>;

const EVENTS: readonly BookingEventType[] = [
  "booking.requested",
  "booking.confirmed",
  "booking.unconfirmed",
  "booking.modified",
  "booking.cancelled",
];

const TIMEOUT_MS = 2_500;

/** Speaks of every event, once and in order. */
const tell: Handler<Config> = {
  id: "tell",
  kind: "message",
  on: EVENTS,
  timeoutMs: 6_000,
  async handle(event, context) {
    await once(`event:${event.ordinal}`, event, event.version, context);
    return { done: `told of event ${event.ordinal}` };
  },
};

/** Keeps up with the newest state; what lies between may be left out. */
const mirror: Handler<Config> = {
  id: "mirror",
  kind: "mirror",
  on: EVENTS,
  only: "latest",
  timeoutMs: 6_000,
  async handle(event, context) {
    const { version } = context.current ?? event.booking;
    await once(`state:${version}`, event, version, context);
    return { done: `shows version ${version}` };
  },
};

function once(
  name: string,
  { connection, subject, ordinal }: BookingEvent,
  version: number,
  { config, effect, http, signal }: HandlerContext<Config>,
): Promise<EffectResult> {
  const url = `${config.url}/effects`;
  return effect(name, {
    find: async (key) => {
      const place = `${url}?key=${encodeURIComponent(key)}`;
      const answer = await http.send({ url: place, signal, timeoutMs: TIMEOUT_MS });
      if (answer.status === 404) return undefined;
      return resultOf(answer, key);
    },
    perform: async (key) => {
      const body = JSON.stringify({ key, connection, subject, version, ordinal });
      const answer = await http.send({ method: "POST", url, body, signal, timeoutMs: TIMEOUT_MS });
      return resultOf(answer, key);
    },
  });
}

function resultOf({ status, headers }: HttpResponse, key: string): EffectResult {
  if (status === 200) return { externalId: key };
  const retryAfterMs = Number(headers["retry-after"] ?? 0) * 1000;
  // These two are said before anything is done; after any other failure nobody knows.
  const mayHaveHappened = status !== 429 && status !== 503;
  throw new RetryableError(`the target answered ${status}`, { retryAfterMs, mayHaveHappened });
}

/** A target that can be asked what it has done. */
export default defineIntegration({
  manifest: { id: "chaos-target", name: "Chaos: target that can be asked" },
  config: Config,
  handlers: [tell, mirror],
});
