import { nothingElse, checkContext, checkIntegration, storyBooking, paid } from "#sdk/testing";
import type { AnyEvent } from "#sdk";
import { afterAll } from "vitest";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { LedgerFileConfig } from "./config.ts";

const dataFolder = mkdtempSync(join(tmpdir(), "bellhop-books-"));
afterAll(() => {
  rmSync(dataFolder, { recursive: true });
});

const current = storyBooking("1201", 1, { payments: paid("50.00") });
const event = {
  ...{ id: "event-1", type: "payment.received", connection: "fjord", subject: "1201", version: 1 },
  ...{ ordinal: 1, time: "2026-03-02T12:00:00Z", origin: "notified", actor: "staff" },
  ...{ changes: [], summary: "", custom: {}, native: { event: "test", fields: {} } },
  ...{ isQuiet: false, booking: current },
} as unknown as AnyEvent;

checkIntegration(import.meta.dirname, {
  handlers: {
    documents: {
      event,
      context: {
        ...checkContext(LedgerFileConfig.parse({}), { dataFolder }),
        connection: { id: "fjord", name: "Fjord Walks", language: "en" },
        current,
        ...nothingElse,
      },
    },
  },
});
