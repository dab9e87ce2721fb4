import { afterAll, beforeAll, expect, it } from "vitest";

import { SETTINGS } from "../../integrations/xero/testing/chart.ts";
import { FakeXero, TENANT } from "../../integrations/xero/testing/fake-xero.ts";
import type { SimulatedAnswer, SimulatedRequest } from "../../src/sdk/simulator.ts";
import { vendorServer, type VendorServer } from "../../src/sdk/testing.ts";
import { command } from "../cli/command.ts";
import { type App, startApp, untilSettled } from "../harness/app.ts";
import { Browser } from "../harness/browser.ts";
import { freePort } from "../harness/servers.ts";

const TOKEN = "echo-token-0123456789abcdef";

const fake = new FakeXero();
let vendor: VendorServer;
let app: App;

/** Log-in and API at one address. Whoever is sent there agrees at once. */
function answer(request: SimulatedRequest): SimulatedAnswer {
  const { pathname, searchParams } = new URL(request.url, "http://x");
  const json = (body: unknown) => ({ status: 200, body: JSON.stringify(body) });
  if (pathname === "/connect/authorize") {
    const back = new URL(searchParams.get("redirect_uri") ?? "");
    back.searchParams.set("code", "code-of-the-test");
    back.searchParams.set("state", searchParams.get("state") ?? "");
    return { status: 302, headers: { location: back.href }, body: "" };
  }
  if (pathname === "/connect/token") {
    // Ends before it begins, so that every call needs a new one.
    const kept = { refresh_token: `refresh-${vendor.requests.length}`, expires_in: 0.001 };
    return json({ access_token: `access-${vendor.requests.length}`, ...kept });
  }
  if (pathname === "/connections") {
    return json([{ tenantId: TENANT, tenantType: "ORGANISATION", tenantName: "Fjord Walks AS" }]);
  }
  return fake.answer(request);
}

beforeAll(async () => {
  vendor = await vendorServer(answer);
  const publicUrl = `http://127.0.0.1:${await freePort()}`;
  const at = { apiBaseUrl: vendor.url, identityUrl: vendor.url };
  app = await startApp({
    env: { PORT: new URL(publicUrl).port, BELLHOP_PUBLIC_URL: publicUrl },
    config: {
      connections: { echo: { source: "example-echo", tokens: [TOKEN] } },
      integrations: {
        books: {
          use: "xero",
          settings: {
            ...SETTINGS,
            ...at,
            policy: "invoice",
            taxes: { standard: { ratePercent: "25" } },
          },
        },
      },
    },
  });
});
afterAll(async () => {
  await app.stop();
  await vendor.close();
});

it("from the bookkeeper's consent to the draft of an invoice", async () => {
  const { out } = await command({ env: app.env }, "connect", "books", "--no-wait");
  const page = await new Browser().open(out.trim());
  const checked = await command({ env: app.env }, "check", "books");

  const { status } = await fetch(`${app.url}/hooks/echo/${TOKEN}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      ...{ event: "confirmed", reference: "R-1", status: "confirmed", title: "Kayak tour" },
      ...{ email: "guest@example.com", startsAt: "2099-03-14T09:00", total: "100.00" },
      madeAt: new Date().toISOString(),
    }),
  });
  await untilSettled(app);
  const compared = await command({ env: app.env }, "books", "check", "books");

  expect([page.status, status]).toEqual([200, 200]);
  expect(page.text).toContain("Fjord Walks AS");
  expect(checked.out).toContain("books: Fjord Walks AS (EUR)");
  expect(fake.books.invoices.map((one) => [one["InvoiceNumber"], one.Total, one.Status])).toEqual([
    ["echo/R-1/invoice:1", 100, "DRAFT"],
  ]);
  // A draft does not count until the bookkeeper approves it, and that is told.
  expect(compared.code).toBe(1);
  expect(compared.out).toContain("1 booking, differences: 1 draft there.");
  const jobs: unknown = await app.db.knex("jobs").select("state");
  expect(jobs).toEqual([{ state: "done" }]);
  const told = app.logLines.join("\n") + JSON.stringify(await app.db.knex("effects"));
  expect(told).not.toMatch(/access-\d|refresh-\d|app-secret|code-of-the-test/);
});
