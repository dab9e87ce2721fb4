import { afterEach, describe, expect, it, vi } from "vitest";

import planyo from "../../integrations/planyo/index.ts";
import tourcms from "../../integrations/tourcms/index.ts";
import { withSetUp } from "../../src/cli/check-set-up.ts";
import { setUpLines } from "../../src/cli/set-up-words.ts";
import type { AnyIntegration } from "../../src/registry/loaded-integration.ts";
import type { LoadedConnection } from "../../src/registry/registry.ts";
import { vendorServer } from "../../src/sdk/testing.ts";
import { type App, startApp } from "../harness/app.ts";
import { freePort } from "../harness/servers.ts";
import { command } from "./command.ts";
import { connectionTo, serveSimulated, type SimulatedAccount, TOKEN } from "./simulated-account.ts";

let app: App | undefined;
let account: SimulatedAccount | undefined;
afterEach(async () => {
  await app?.stop();
  await account?.close();
});

/** Checks a connection called `mine` to a simulated account. */
async function checked(
  integration: AnyIntegration,
  settings: object = {},
  parts: object = {},
): Promise<{ code: number; lines: string[] }> {
  account = await serveSimulated(integration);
  const mine = connectionTo(integration, account, settings, parts);
  app = await startApp({ config: { connections: { mine } }, roles: "console" });
  const { code, out } = await command(app, "check", "mine");
  return { code, lines: out.trimEnd().split("\n") };
}

const FJORD = { name: "Fjord & Forest Tours", language: "en" };

describe("bellhop check says what the source says of the account", () => {
  it("of a TourCMS account with its channels", async () => {
    const { code, lines } = await checked(tourcms, {}, FJORD);

    expect({ code, more: lines.slice(1) }).toEqual({
      code: 0,
      more: [
        "        the source says: Fjord & Forest Tours, Europe/Oslo, EUR, en",
        "        2 channels: 51234 Fjord & Forest Tours; 51300 Fjord & Forest Tours Japan",
      ],
    });
  });

  it("of a Planyo site with its resources, and asks once for each thing", async () => {
    const { code, lines } = await checked(
      planyo,
      {},
      { name: "Refugi de la Riera", language: "ca-es" },
    );

    expect({ code, more: lines.slice(1) }).toEqual({
      code: 0,
      more: [
        "        the source says: Refugi de la Riera, Europe/Madrid, ca",
        expect.stringMatching(/^ {8}\d resources: 3201 Cabana "Roure" & sauna; 3202 Bici/),
      ],
    });
    expect(account?.requests).toHaveLength(2);
  });

  it("with a hint where guests are told another name or language, which may be meant", async () => {
    const { code, lines } = await checked(tourcms, {}, { name: "Fjord Walks", language: "nb" });

    expect(code).toBe(0);
    expect(lines.slice(3)).toEqual([
      "        hint: name is Fjord Walks; the source says Fjord & Forest Tours; " +
        "to follow it, write at bellhop.yaml:6: name: Fjord & Forest Tours",
      "        hint: language is nb; the source says en; " +
        "to follow it, write at bellhop.yaml:7: language: en",
    ]);
  });

  it("with a hint where the name is not set, so guests would read the connection's", async () => {
    const { lines } = await checked(tourcms);

    expect(lines.slice(3)).toEqual([
      "        hint: name is not set, so it is mine; the source says Fjord & Forest Tours; " +
        "to follow it, write at bellhop.yaml:2: name: Fjord & Forest Tours",
    ]);
  });

  it.each([
    ["TourCMS", tourcms, "Europe/Oslo"],
    ["Planyo", planyo, "Europe/Madrid"],
  ])("of %s also when the zone is wrong, which fails once", async (_name, integration, zone) => {
    const { code, lines } = await checked(integration, { timeZone: "Asia/Tokyo" });

    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^FAILED {2}connections\.mine: .*Asia\/Tokyo: write timeZone: /);
    expect(lines[1]).toMatch(new RegExp(`the source says: .*, ${zone}, `));
    expect(lines.filter((line) => line.includes("Asia/Tokyo"))).toHaveLength(1);
  });
});

describe("bellhop check of an account that says nothing", () => {
  const wrongKey = { channels: { "51234": { apiKey: "wrong" } } };
  it.each([
    ["a wrong key of TourCMS", tourcms, wrongKey],
    ["a wrong key of Planyo", planyo, { apiKey: "wrong" }],
  ])("says why once: %s", async (_name, integration, settings) => {
    const { code, lines } = await checked(integration, settings);

    expect({ code, count: lines.length }).toEqual({ code: 1, count: 1 });
    expect(lines[0]).toMatch(/^FAILED {2}connections\.mine: .*[kK]ey/);
    expect(lines[0]).not.toContain("wrong");
  });

  it.each([
    ["TourCMS", tourcms],
    ["Planyo", planyo],
  ])("says that %s is away", async (_name, integration) => {
    const apiBaseUrl = `http://127.0.0.1:${await freePort()}`;

    const { code, lines } = await checked(integration, { apiBaseUrl });

    expect({ code, count: lines.length }).toEqual({ code: 1, count: 1 });
    expect(lines[0]).toMatch(/^FAILED {2}connections\.mine: .*ECONNREFUSED/);
  });
});

it("a source that is away is not asked for its set-up as well", async () => {
  const away = await vendorServer(() => ({ status: 503, body: "" }));
  const mine = connectionTo(tourcms, away);
  app = await startApp({ config: { connections: { mine } }, roles: "console" });

  await command(app, "check", "mine");
  await away.close();

  expect(new Set(away.requests.map(({ url }) => url))).toEqual(
    new Set(["/api/rate_limit_status.xml"]),
  );
});

it("what Planyo's timestamps mean is shown with the reservation that proved it", async () => {
  account = await serveSimulated(planyo);
  const mine = connectionTo(planyo, account, { timestamps: "auto" });
  app = await startApp({ config: { connections: { mine } } });
  const before = await command(app, "check", "mine");

  for (const { method, body, contentType = "" } of account.system.play("rental")) {
    const url = `${app.url}/hooks/mine/${TOKEN}`;
    await fetch(url, { method, headers: { "content-type": contentType }, body: body ?? null });
  }

  expect(before.out).toContain("timestamps not calibrated yet");
  await vi.waitFor(
    async () => {
      const { out } = await command(app ?? { env: {} }, "check", "mine");
      expect(out).toMatch(/timestamps are true_epoch \(reservation \d+ starts \d\d:\d\d local\)/);
    },
    { timeout: 20_000, interval: 300 },
  );
});

describe("what is put beside a check's finding", () => {
  const finding = { name: "connections.mine", state: "ok", line: "it answers" } as const;

  async function beside(setUp: object, why?: string) {
    app = await startApp({ roles: "console" });
    const { settings } = app;
    const connection = { id: "mine", config: {}, settings: { timeZone: "Europe/Kiev" } };
    const result = { ...finding, ...(why === undefined ? { setUp } : { whyNoSetUp: why }) };
    const described = result as Parameters<typeof withSetUp>[1];
    return withSetUp(finding, described, connection as LoadedConnection, settings);
  }

  it("fails it for another time zone, where the integration has not looked", async () => {
    const found = await beside({ timeZone: "Europe/Oslo", parts: [] });

    expect(found).toMatchObject({
      state: "failed",
      line: expect.stringMatching(
        /^the source is in Europe\/Oslo, .* Europe\/Kiev: write at .*: timeZone: Europe\/Oslo$/,
      ) as string,
      details: ["it answers", "the source says: Europe/Oslo"],
    });
  });

  it("is no fault for another name of the same zone", async () => {
    const found = await beside({ timeZone: "Europe/Kyiv", parts: [] });

    expect(found.state).toBe("ok");
  });

  it("is the reason why a source does not tell, though its check passed", async () => {
    const found = await beside({}, "the hour's calls are used up");

    expect(found).toEqual({
      ...finding,
      details: ["how the account is set up cannot be read: the hour's calls are used up"],
    });
  });

  it("has no control signs of names from outside, and not hundreds of resources", () => {
    const parts = Array.from({ length: 300 }, (_, index) => ({
      kind: "resource",
      id: String(index),
      name: "Boat",
    }));

    const lines = setUpLines({ name: "Fjord\u001b[2J\nTours", parts });

    expect(lines[0]).toBe("the source says: Fjord [2J Tours");
    expect(lines[1]).toMatch(/^300 resources: 0 Boat; .*; and 292 more$/);
  });
});
