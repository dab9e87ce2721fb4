import {
  cloudEventOf,
  type EffectResult,
  type EventOf,
  type EventType,
  type Handler,
  type HandlerContext,
  standardHeaders,
} from "#sdk";

import { hostOf, isWanted, SENT_TYPES, type WebhookOutConfig } from "../config.ts";
import { judgeAnswer } from "../judge-answer.ts";
import { toReceiver } from "../to-receiver.ts";

const TIMEOUT_MS = 20_000;

type Context = HandlerContext<WebhookOutConfig>;

/** Sends an event as it happened; what has become of the booking since comes as events of its own. */
export const sendEvent: Handler<WebhookOutConfig, EventType> = {
  id: "send-event",
  kind: "message",
  on: SENT_TYPES,
  // Who gets it twice sees the same webhook-id.
  whenUnsure: "resend",
  async handle(event, context) {
    const { config, effect } = context;
    const { id, type } = event;
    if (!isWanted(config, type)) return { skipped: `${type} is not among the types to send` };

    // The key is the event's id alone: it is sent as webhook-id, and references hold any letters.
    const { summary = "" } = await effect(id, {
      plan: `send ${type} to ${hostOf(config)}`,
      perform: () => send(event, context),
    });
    return { done: summary };
  },
};

async function send(
  event: EventOf<EventType>,
  { config, http, clock }: Context,
): Promise<EffectResult> {
  const body = JSON.stringify(cloudEventOf(event));
  const headers = {
    "content-type": `${config.contentType}; charset=utf-8`,
    "user-agent": "Bellhop",
    ...standardHeaders(config.secret, { id: event.id, sentAt: clock.now(), body }),
  };
  const request = { method: "POST", headers, body, timeoutMs: TIMEOUT_MS };
  const answer = await toReceiver(config, (where) => http.send({ ...request, ...where }));
  judgeAnswer(answer, hostOf(config), clock.now());
  return {
    externalId: event.id,
    summary: `sent ${event.type} to ${hostOf(config)}`,
  };
}
