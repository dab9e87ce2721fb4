import { checkContext, checkIntegration, nothingElse } from "#sdk/testing";

import { eventOf, SECRET } from "./testing.ts";

const answer = { status: 204, headers: {}, body: Buffer.alloc(0), text: () => "" };

checkIntegration(import.meta.dirname, {
  settings: { url: "https://hooks.example.com/in", secret: SECRET },
  handlers: {
    "send-event": {
      event: eventOf() as never,
      context: {
        ...checkContext({}, { http: { send: () => Promise.resolve(answer) } }),
        connection: { id: "fjord", name: "Fjord Walks", language: "en" },
        current: undefined,
        ...nothingElse,
      },
    },
  },
});
