import { checkContext, checkIntegration, testClock, noEntries } from "#sdk/testing";

import { RemindersConfig } from "./config.ts";
import { bookingOf, timerEvent } from "./testing.ts";

const mail = {
  isRehearsal: false,
  office: undefined,
  send: (_: unknown, key: string) =>
    Promise.resolve({
      externalId: key,
      progress: "handed over" as const,
      audience: "guest" as const,
    }),
  sendToOffice: () => Promise.reject(new Error("the guest has an address")),
  find: () => Promise.resolve("unknown" as const),
};

checkIntegration(import.meta.dirname, {
  handlers: {
    "send-reminder": {
      event: timerEvent("reminder"),
      context: {
        ...checkContext(RemindersConfig.parse({}), {
          mail,
          clock: testClock(),
          templates: { render: () => Promise.resolve("text"), texts: () => Promise.resolve({}) },
        }),
        connection: { id: "fjord", name: "Fjord Walks", language: "en" },
        current: bookingOf(),
        entriesOf: noEntries,
      },
    },
  },
});
