import { defineIntegration } from "#sdk";

import { check } from "./check.ts";
import { WebhookOutConfig } from "./config.ts";
import { sendEvent } from "./handlers/send-event.ts";

export default defineIntegration({
  manifest: {
    id: "webhook-out",
    name: "Outgoing webhook",
    docs: "https://www.standardwebhooks.com",
  },
  config: WebhookOutConfig,
  handlers: [sendEvent],
  check,
});
