import type { Clock, HttpClient, Mail } from "../sdk/context.ts";
import { standardHeaders } from "../sdk/standard-webhook.ts";
import { isLoopback } from "../settings/loopback.ts";
import { type Channel, isSimulated, type Notice } from "./incident.ts";
import { mailOf } from "./words.ts";

/** One way to tell people. */
export interface Teller {
  channel: Channel;
  /** @throws when nobody was told, or nobody knows; it is tried again. */
  tell(notice: Notice, signal: AbortSignal): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** @param officeOf The office's mail; of a simulation one that never leaves this machine. */
export function mailTeller(officeOf: (isSimulated: boolean) => Mail): Teller {
  return {
    channel: "mail",
    async tell(notice) {
      const office = officeOf(isSimulated(notice.incident));
      await office.sendToOffice(mailOf(notice), keyOf(notice));
    },
  };
}

export interface WebhookParts {
  url: string;
  secret: string;
  http: HttpClient;
  clock: Clock;
}

export function webhookTeller({ url, secret, http, clock }: WebhookParts): Teller {
  const isLocal = isLoopback(url);
  return {
    channel: "webhook",
    async tell(notice, signal) {
      if (isSimulated(notice.incident) && !isLocal) return;
      const message = { id: keyOf(notice), sentAt: clock.now(), body: bodyOf(notice) };
      const { status } = await http.send({
        method: "POST",
        url,
        headers: { "content-type": "application/json", ...standardHeaders([secret], message) },
        body: message.body,
        timeoutMs: TIMEOUT_MS,
        signal,
      });
      if (status < 200 || status > 299) throw new Error(`the webhook answered ${status}`);
    },
  };
}

/** The same at every try. */
function keyOf({ about, incident }: Notice): string {
  return `incident-${incident.id}-${about}`;
}

function bodyOf({ about, incident }: Notice): string {
  const { id, name, kind, reason, openedAt, closedAt } = incident;
  const at = about === "closed" ? (closedAt ?? openedAt) : openedAt;
  return JSON.stringify({
    type: `incident.${about}`,
    timestamp: new Date(at).toISOString(),
    data: {
      id,
      name,
      kind,
      reason,
      openedAt: new Date(openedAt).toISOString(),
      closedAt: about === "closed" ? new Date(at).toISOString() : null,
    },
  });
}
