import { expect, it } from "vitest";

import type { ConnectedContext } from "#sdk";
import { checkContext, memoryLog } from "#sdk/testing";

import { SCOPES, XeroConfig } from "./config.ts";
import { oauth } from "./oauth.ts";
import { SETTINGS } from "./testing/chart.ts";

const ONE = "11111111-1111-4111-8111-111111111111";
const TWO = "22222222-2222-4222-8222-222222222222";
const connection = (tenantId: string, tenantName: string) => ({
  ...{ id: "x", tenantId, tenantName, tenantType: "ORGANISATION" },
});
const FJORD = connection(ONE, "Fjord Walks AS");
const JAPAN = connection(TWO, "Fjord Walks Japan");

function connected(found: object[], settings: object = {}, status = 200) {
  const asked: { url: string; headers?: Record<string, string> }[] = [];
  const body = Buffer.from(JSON.stringify(found));
  const context: ConnectedContext<XeroConfig> = {
    ...checkContext(XeroConfig.parse({ ...SETTINGS, ...settings })),
    ...{ accessToken: "t", log: memoryLog() },
    http: {
      send: (request) => {
        asked.push(request);
        return Promise.resolve({ status, headers: {}, body, text: () => body.toString() });
      },
    },
  };
  return { asked, result: oauth.connected?.(context) };
}

it("consent and tokens are asked for where Xero has them, or where the settings say", () => {
  const [real, other] = [{}, { identityUrl: "http://127.0.0.1:9/" }].map((settings) =>
    XeroConfig.parse({ ...SETTINGS, ...settings }),
  );
  const urls = (config?: XeroConfig) =>
    config && [oauth.authorizeUrl(config), oauth.tokenUrl(config)];

  expect(urls(real)).toEqual([
    "https://login.xero.com/identity/connect/authorize",
    "https://identity.xero.com/connect/token",
  ]);
  expect(urls(other)).toEqual([
    "http://127.0.0.1:9/connect/authorize",
    "http://127.0.0.1:9/connect/token",
  ]);
});

it("asks for no more than it needs, and for nothing that new apps are not given", () => {
  expect(SCOPES).toContain("offline_access");
  expect(SCOPES).toContain("accounting.settings.read");
  expect(SCOPES).not.toContain("accounting.transactions");
  expect(SCOPES).not.toContain("accounting.settings");
});

it("one organisation is the one; practices are none", async () => {
  const { asked, result } = connected([FJORD, { ...JAPAN, tenantType: "PRACTICE" }]);

  expect(await result).toEqual({ line: "Fjord Walks AS", account: { tenantId: ONE } });
  expect(asked).toMatchObject([
    { url: "https://api.xero.com/connections", headers: { authorization: "Bearer t" } },
  ]);
});

it("of several the settings say which, else a person has to", async () => {
  expect(await connected([FJORD, JAPAN], { tenantId: TWO }).result).toEqual({
    ...{ line: "Fjord Walks Japan", account: { tenantId: TWO } },
  });
  const open = await connected([FJORD, JAPAN]).result;
  expect(open?.account).toBeUndefined();
  expect(open?.todo).toContain(
    `Fjord Walks AS: tenantId "${ONE}"; Fjord Walks Japan: tenantId "${TWO}"`,
  );
});

it.each([
  [[], {}, /no organisation/],
  [[FJORD], { tenantId: TWO }, /ask for the organisation 2222.*given to Fjord Walks AS/],
])("the wrong one, or none, is not taken", async (found, settings, message) => {
  await expect(connected(found, settings).result).rejects.toMatchObject({
    kind: "configuration",
    message: expect.stringMatching(message) as unknown,
  });
});

it("an answer that says nothing is asked for again", async () => {
  await expect(connected([], {}, 503).result).rejects.toMatchObject({ kind: "retryable" });
});
