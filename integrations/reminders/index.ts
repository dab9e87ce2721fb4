import { defineIntegration } from "#sdk";

import { check } from "./check.ts";
import { RemindersConfig } from "./config.ts";
import { sendReminder } from "./handlers/send-reminder.ts";

export default defineIntegration({
  manifest: { id: "reminders", name: "Reminders by mail" },
  config: RemindersConfig,
  handlers: [sendReminder],
  check,
});
