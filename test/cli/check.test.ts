import { writeFileSync } from "node:fs";

import { afterEach, expect, it } from "vitest";

import tourcms from "../../integrations/tourcms/index.ts";
import type { VendorServer } from "../../src/sdk/testing.ts";
import { BIKES } from "../api/bikes.ts";
import { type App, startApp } from "../harness/app.ts";
import { keepBooking } from "../harness/keep-booking.ts";
import { freePort } from "../harness/servers.ts";
import { command } from "./command.ts";
import { connectionTo, serveSimulated, TOKEN } from "./simulated-account.ts";

let app: App | undefined;
let api: VendorServer | undefined;
afterEach(async () => {
  await app?.stop();
  await api?.close();
});

async function office(config: object, env: Record<string, string> = {}): Promise<App> {
  app = await startApp({ config, env, roles: "console" });
  return app;
}

/** A simulated TourCMS account whose API answers. */
async function fjord() {
  api = await serveSimulated(tourcms);
  return connectionTo(tourcms, api);
}

it("when all is well every line says so", async () => {
  const { env } = await office({ ...BIKES, connections: { fjord: await fjord() } });

  const { code, out, err } = await command({ env }, "check");

  const lines = out.trimEnd().split(/\n(?! )/);
  expect(lines.map((line) => line.split(": ")[0])).toEqual([
    "ok      configuration",
    "ok      database",
    "ok      mail",
    "ok      connections.fjord",
    "ok      integrations.voucher-mail",
  ]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
});

it("a TourCMS connection without a key fails and says where the key is found", async () => {
  const { settings, ...rest } = await fjord();
  const { accountId } = settings as { accountId: string };
  const connection = { ...rest, settings: { accountId, channels: { "51234": {} } } };
  const { env } = await office({ connections: { fjord: connection } });

  const { code, out, err } = await command({ env }, "check");

  expect(code).toBe(1);
  expect(out).toMatch(/^FAILED {2}connections\.fjord: no API key/m);
  expect(err).toBe("bellhop: check failed: connections.fjord\n");
});

it("a person at a terminal sees marks instead of words", async () => {
  const { env } = await office(BIKES);

  const { out } = await command({ env, person: { saysYes: true } }, "check");

  expect(out).toContain("✓ database: ");
  expect(out).not.toContain("ok ");
});

it("one connection or instance can be tried alone", async () => {
  const { env } = await office(BIKES);

  const connection = await command({ env }, "check", "bikes");
  const instance = await command({ env }, "check", "voucher-mail");
  const unknown = await command({ env }, "check", "boats");

  expect(connection.out).toMatch(/^ok {6}connections\.bikes: .*\n$/);
  expect(instance.out).toMatch(/^ok {6}integrations\.voucher-mail: .*\n$/);
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain("known are bikes, voucher-mail");
});

it("a token that can be guessed is a warning, not a fault", async () => {
  const connections = { bikes: { source: "planyo", tokens: ["secret", TOKEN] } };
  const { env } = await office({ connections }, { BELLHOP_API_TOKEN: "short" });

  const { code, out } = await command({ env }, "check");

  expect(code).toBe(0);
  expect(out).toMatch(/^warning connections\.bikes\.tokens: .*22 characters/m);
  expect(out).toMatch(/^warning BELLHOP_API_TOKEN: /m);
  expect(out).not.toContain("secret");
});

it("calendars are looked at as their programs would see them", async () => {
  const token = (name: string) => `secret-of-the-calendar-${name}`;
  const calendars = {
    all: { tokens: [token("all")] },
    cabins: { tokens: ["short"], units: ["Cabin 4"], show: [], daysBack: 3, daysAhead: 9 },
  };
  const { env, db } = await office({ ...BIKES, calendars });
  const start = { date: new Date().toISOString().slice(0, 10), timeZone: "UTC" };
  await keepBooking(db, { connection: "bikes", reference: "1", status: "confirmed", start });

  const { code, out } = await command({ env }, "check");
  const outside = { ...env, BELLHOP_PUBLIC_URL: "https://bellhop.example.com" };
  const reachable = await command({ env: outside }, "check");

  expect(code).toBe(0);
  expect(out).toMatch(/^warning calendars: Google and Outlook cannot subscribe .*PUBLIC_URL/m);
  expect(out).toMatch(/^ok {6}calendars\.all: 1 event; 60 days back, 400 ahead; shows name$/m);
  expect(out).toMatch(
    /^ok {6}calendars\.cabins: 0 events \(no booking fits it now\); 3 days back, 9 ahead; shows nothing of guests$/m,
  );
  expect(out).toMatch(/^warning calendars\.cabins\.tokens: .*22 characters/m);
  expect(out).not.toMatch(/secret-of-the-calendar|short/);
  expect(reachable.out).not.toContain("calendars: Google");
  const one = await command({ env: outside }, "check", "cabins");
  expect(one.out).toMatch(/^ok {6}calendars\.cabins: 0 events .*\n$/);
  const slip = await command({ env: outside }, "check", "cabin");
  expect(slip).toMatchObject({ code: 2, out: "" });
  expect(slip.err).toContain("is called cabin: did you mean cabins?");
});

it("a name in the rule of a calendar that no booking has is said, with those that there are", async () => {
  const calendars = {
    cabins: {
      tokens: ["secret-of-the-calendar-cabins"],
      units: ["Cabin4"],
      custom: { Guide: "K" },
    },
  };
  const { env, db } = await office({ ...BIKES, calendars });
  const start = { date: new Date().toISOString().slice(0, 10), timeZone: "UTC" };
  const items = [{ id: "1", name: "Cabin", kind: "rental", unitName: "Cabin 4" }] as const;
  await keepBooking(db, {
    ...{ connection: "bikes", reference: "1", status: "confirmed", start },
    items: [...items],
  });

  const { code, out } = await command({ env }, "check", "cabins");

  expect(code).toBe(0);
  expect(out).toContain("warning calendars.cabins: 0 events (no booking fits it now; no unit is");
  expect(out).toContain("called Cabin4: did you mean Cabin 4?");
});

it("a database and a mail server that are away are named, and the rest is tried all the same", async () => {
  const { env } = await office(BIKES);
  const away = await freePort();

  const { code, out, err } = await command(
    {
      env: {
        ...env,
        DATABASE_URL: `mysql://bellhop:geheim@127.0.0.1:${away}/bellhop`,
        SMTP_URL: `smtp://127.0.0.1:${away}`,
        MAIL_FROM: "office@example.com",
      },
    },
    "check",
  );

  expect(code).toBe(1);
  expect(out).toMatch(/^FAILED {2}database: .*nothing listens there/m);
  expect(out).toMatch(/^FAILED {2}mail: /m);
  expect(out).toMatch(/^ok {6}connections\.bikes/m);
  expect(out).not.toContain("geheim");
  expect(err).toBe("bellhop: check failed: database, mail\n");
});

it("a configuration that cannot be read is named by file, line and fix", async () => {
  const { env } = await office(BIKES);
  writeFileSync(env["BELLHOP_CONFIG"] ?? "", "connections:\n  bikes:\n    sourc: planyo\n");

  const { code, err } = await command({ env }, "check");

  expect(code).toBe(1);
  expect(err).toMatch(/bellhop: bellhop\.yaml:3: connections\.bikes\.sourc: .*source/);
});
