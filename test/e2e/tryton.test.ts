import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { asId } from "../../integrations/tryton/wire.ts";
import { openShop, SETTINGS, type Shop } from "../../integrations/tryton/testing/shop.ts";
import { hasPrograms } from "../../src/sdk/testing.ts";
import { momentOfInstant } from "../../src/sdk/time.ts";
import { command } from "../cli/command.ts";
import { type App, callApi, startApp } from "../harness/app.ts";
import { untilPosted } from "../harness/journal.ts";
import { temporaryFolder } from "../harness/servers.ts";

const TOKEN = "tryton-token-0123456789abcdef";
const ZONE = "Europe/Madrid";
const DAY_MS = 24 * 60 * 60_000;

describe.runIf(hasPrograms("trytond", "trytond-admin"))("books in Tryton", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.close());

  it(
    "lose nothing while Tryton refuses the password, and get it all in order once it does not",
    { timeout: 240_000 },
    async () => {
      const references = Array.from({ length: 8 }, (_, index) => String(1_201 + index));
      const location = { sqliteFile: join(temporaryFolder(), "data", "bellhop.sqlite") };
      const refused = await startWith("a wrong password", location);
      for (const reference of references) await book(refused, reference);
      await expect.poll(() => pausedBecause(refused), { timeout: 30_000 }).toMatch(/password/i);
      await refused.stop();
      expect(await postedIn(shop)).toEqual(new Map());

      const app = await startWith(SETTINGS.password, location);
      await untilPosted(app.db, 200);
      const checked = await command({ env: app.env }, "books", "check");
      await app.stop();

      expect(await postedIn(shop)).toEqual(
        new Map(references.map((reference) => [reference, ["invoice:1", "payment:1"]])),
      );
      expect(checked).toMatchObject({ code: 0, err: "" });
      expect(checked.out).toContain("agree");
    },
  );

  function startWith(password: string, location: { sqliteFile: string }): Promise<App> {
    return startApp({
      location,
      config: {
        connections: {
          bikes: { source: "planyo", tokens: [TOKEN], settings: { timeZone: ZONE } },
        },
        integrations: {
          tryton: { settings: { ...SETTINGS, url: shop.url, password, policy: "invoice" } },
        },
      },
    });
  }
});

/** A reservation for 240.00 with 100.00 paid, in a month. */
async function book({ url }: App, reservation: string): Promise<void> {
  const { date } = momentOfInstant(Date.now() + 30 * DAY_MS, ZONE);
  const start = Date.parse(`${date}T12:00:00Z`) / 1_000;
  const body = new URLSearchParams({
    ...{ notification_type: "reservation_confirmed", reservation },
    ...{ resource: "3101", resource_name: "Cabin", calendar: "77001", status: "7" },
    ...{ start: String(start), end: String(start + 3_600), currency: "EUR" },
    ...{ price_quoted: "240.00", amount_paid: "100.00", amount_outstanding: "140.00" },
    ...{ email: `guest${reservation}@example.com`, first_name: "Ana", last_name: "Example" },
  });
  const { status } = await fetch(`${url}/hooks/bikes/${TOKEN}`, { method: "POST", body });
  expect(status).toBe(200);
}

async function pausedBecause(app: App): Promise<string> {
  const { body } = await callApi(app, "/status");
  return JSON.stringify(body);
}

/** Documents of each booking, in the order in which Tryton got them. */
async function postedIn({ admin }: Shop): Promise<Map<string, string[]>> {
  const invoice = { move: asId, reference: z.string() };
  const move = { id: asId, description: z.string() };
  const invoices = await admin.searchRead("account.invoice", [["type", "=", "out"]], invoice);
  const payments = [["description", "like", "%/payment:%"]];
  const moves = await admin.searchRead("account.move", payments, move);
  const all = [
    ...invoices.map((one) => ({ id: one.move, number: one.reference })),
    ...moves.map(({ id, description }) => ({ id, number: description })),
  ];
  const posted = new Map<string, string[]>();
  for (const { number } of all.toSorted((a, b) => a.id - b.id)) {
    const [, reference = "", document = ""] = number.split("/");
    posted.set(reference, [...(posted.get(reference) ?? []), document]);
  }
  return new Map([...posted].toSorted(([a], [b]) => Number(a) - Number(b)));
}
