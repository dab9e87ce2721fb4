import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { accountingParts } from "../../../src/sdk/accounting/handlers.ts";
import { accountingSettings } from "../../../src/sdk/accounting/settings.ts";
import type { Posting } from "../../../src/sdk/accounting/target.ts";
import { AccountingDesk, checkContext } from "../../../src/sdk/testing.ts";
import { bookingOf, eur } from "./books.ts";

const config = z.strictObject(accountingSettings);

/** A desk whose target only remembers what it was given. */
function deskWith(settings: object) {
  const posted: Posting[] = [];
  const integration = {
    manifest: { id: "books", name: "Books" },
    config,
    ...accountingParts<z.output<typeof config>>({
      post: (posting) => {
        posted.push(posting);
        return Promise.resolve({ externalId: posting.number });
      },
      read: () => Promise.resolve({ documents: [], balances: {} }),
    }),
  };
  const { http } = checkContext({});
  const dataFolder = mkdtempSync(join(tmpdir(), "bellhop-desk-"));
  const desk = new AccountingDesk({
    integration,
    config: config.parse(settings),
    http,
    dataFolder,
  });
  const words = () =>
    posted.map(({ number, document }) => `${number} ${document.on} ${document.totalMinor}`);
  return { desk, words };
}

const at = (day: string) => Date.parse(`${day}T12:00:00Z`);

describe("takings", () => {
  const paidOn = (paidAt: string) =>
    bookingOf({ payments: [{ amount: eur(5_000), paidAt, method: "card" }] });

  it("a payment that becomes known after weeks is posted all the same", async () => {
    const { desk, words } = deskWith({ policy: "takings" });
    desk.nowMs = at("2026-03-30");
    await desk.see({ booking: paidOn("2026-03-02") });
    desk.nowMs = at("2026-03-31");
    await desk.tick("takings");

    expect(words()).toEqual(["fjord/takings-2026-03-23-EUR/takings:1 2026-03-23 5000"]);
  });

  it("what was noted before a standstill of weeks is posted after it", async () => {
    const { desk, words } = deskWith({ policy: "takings" });
    desk.nowMs = at("2026-03-03");
    await desk.see({ booking: paidOn("2026-03-02") });
    desk.nowMs = at("2026-03-30");
    await desk.tick("takings");
    await desk.tick("takings");

    expect(words()).toEqual(["fjord/takings-2026-03-02-EUR/takings:1 2026-03-02 5000"]);
  });
});

describe("monthly invoices of agents", () => {
  it("a booking that becomes known months after its day is invoiced with this month", async () => {
    const { desk, words } = deskWith({ agents: { invoice: "month" } });
    const agent = { id: "a1", name: "Agency", email: "desk@example.com" };
    desk.nowMs = at("2026-09-20");
    await desk.see({ booking: bookingOf({ agent, balanceOwedBy: "agent" }) });
    desk.nowMs = at("2026-10-01");
    await desk.tick("statements");

    expect(words()).toEqual(["fjord/fjord-agent-a1-2026-09-EUR/invoice:1 2026-10-01 18000"]);
  });
});
