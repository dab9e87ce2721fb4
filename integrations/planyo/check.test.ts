import { afterEach, expect, it } from "vitest";

import { kindOf, type SimulatedAnswer } from "#sdk";
import { checkContext, vendorServer, type VendorServer } from "#sdk/testing";

import { check } from "./check.ts";
import { fixture, settings } from "./testing.ts";

let server: VendorServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function checkAgainst(
  answer: SimulatedAnswer,
  parts: Record<string, unknown> = {},
  learned: Record<string, string> = {},
): Promise<string> {
  server = await vendorServer(() => answer);
  const config = settings({ apiKey: "k", apiBaseUrl: `${server.url}/rest/`, ...parts });
  return check(checkContext(config, { learned }));
}

const siteInfo = { status: 200, body: fixture("api/get_site_info_77001.json").toString() };

it("names the site whose bookings will come", async () => {
  expect(await checkAgainst(siteInfo, { siteId: "77001", timestamps: "true_epoch" })).toBe(
    'site "Cabanes del Bosc", time zone Europe/Madrid',
  );
  expect(server?.requests[0]?.body.toString()).toContain("method=get_site_info");
});

it("a wrong time zone would move every booking, so it says what to write", async () => {
  const failure: unknown = await checkAgainst(siteInfo, { timeZone: "UTC" }).catch(
    (error: unknown) => error,
  );

  expect(kindOf(failure)).toBe("configuration");
  expect(String(failure)).toContain("write timeZone: Europe/Madrid");
});

it("another name of the same zone will do", async () => {
  const body = '{"data":{"name":"A","timezone":"Asia/Calcutta"},"response_code":0}';

  expect(await checkAgainst({ status: 200, body }, { timeZone: "Asia/Kolkata" })).toContain("A");
});

it("a refused key is a matter of the settings", async () => {
  const refused = { status: 200, body: fixture("api/error_1_bad_key.json").toString() };

  expect(await checkAgainst(refused).catch(kindOf)).toBe("configuration");
});

it("without a key it says that the notification is the booking's state", async () => {
  expect(await check(checkContext(settings()))).toContain("an API key is advised");
});

it.each([
  [{}, "timestamps not calibrated yet: the first call about a reservation decides"],
  [{ timestamps: "wall_clock" }, "timestamps are wall_clock"],
  [
    { timestamps: "true_epoch", timestampsProof: "reservation 123 starts 10:00 local" },
    "timestamps are true_epoch (reservation 123 starts 10:00 local)",
  ],
])("what bookings have taught is told: %j", async (learned, line) => {
  expect(await checkAgainst(siteInfo, {}, learned)).toBe(
    `site "Cabanes del Bosc", time zone Europe/Madrid, ${line}`,
  );
});
