import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { vendorServer, type VendorServer } from "../../src/sdk/testing.ts";
import { type App, startApp } from "../harness/app.ts";
import { command } from "./command.ts";

let planyo: VendorServer;
let app: App;
let local: App;
/** An event that the API refuses, and how. */
let refused: { event: string; code: number } | undefined;

beforeAll(async () => {
  planyo = await vendorServer(({ body }) => {
    const event = new URLSearchParams(body.toString()).get("notification_name");
    const code = refused?.event === event ? refused.code : 0;
    const answer = { data: null, response_code: code, response_message: "so it is" };
    return { status: 200, body: JSON.stringify(answer) };
  });
  app = await startApp({
    roles: "console",
    env: { BELLHOP_PUBLIC_URL: "https://hooks.example.com/" },
    config: { connections: connections(`${planyo.url}/rest/`) },
  });
  local = await startApp({
    roles: "console",
    env: { BELLHOP_PUBLIC_URL: "" },
    config: { connections: connections("https://www.planyo.com/rest/") },
  });
});
afterAll(async () => {
  await Promise.all([app.stop(), local.stop(), planyo.close()]);
});
beforeEach(() => {
  refused = undefined;
  planyo.requests.length = 0;
});

function connections(apiBaseUrl: string) {
  const settings = { apiKey: "key-of-bikes", apiBaseUrl, secondsBetweenCalls: 0 };
  const bikes = { source: "planyo", settings };
  return {
    bikes: { ...bikes, tokens: ["new-token", "old-token"] },
    boats: { ...bikes, tokens: ["boats-token"] },
    fjord: { source: "tourcms", tokens: ["fjord-token"], settings: { accountId: "1" } },
  };
}

describe("the callbacks of a connection's bookings", () => {
  it("are set by the API with the newest token, and the rest is named with the URL", async () => {
    const { code, out } = await command(app, "callbacks", "bikes");

    expect(code).toBe(0);
    expect(out).toContain("Planyo calls for 17 events:\n  new_verified_reservation\n");
    expect(out).toContain(
      "  https://hooks.example.com/hooks/bikes/new-token\n  confirmed_cleared\n",
    );
    const urls = planyo.requests.map(({ body }) =>
      new URLSearchParams(body.toString()).get("callback_url"),
    );
    expect(urls).toEqual(Array(17).fill("https://hooks.example.com/hooks/bikes/new-token"));
  });

  it("are remembered, so that the command may be repeated", async () => {
    const { code, out } = await command(app, "callbacks", "bikes");

    expect(code).toBe(0);
    expect(out).toContain("Planyo calls for 17 events:");
    expect(planyo.requests).toEqual([]);
  });

  it("that failed are named with the reason, and the command fails", async () => {
    refused = { event: "hourly", code: 5 };

    const { code, out, err } = await command(app, "callbacks", "boats");

    expect(code).toBe(1);
    expect(out).toContain("  hourly: Planyo add_notification_callback: code 5, so it is\n");
    expect(err).toContain("callbacks of boats failed: hourly, ");
  });

  it("are set by hand where the booking system has no call for it", async () => {
    const { code, out } = await command(app, "callbacks", "fjord");

    expect(code).toBe(0);
    expect(out).toContain("TourCMS has no call for this: paste the URL into its own settings");
    expect(out).toContain("\n  https://hooks.example.com/hooks/fjord/fjord-token\n");
  });

  it("are not set to an address that only this machine knows", async () => {
    const { code, err } = await command(local, "callbacks", "bikes");

    expect(code).toBe(1);
    expect(err).toContain("Planyo cannot reach http://localhost:0: set BELLHOP_PUBLIC_URL");
  });

  it("need a connection that there is", async () => {
    const { code, err } = await command(app, "callbacks", "planes");

    expect(code).toBe(1);
    expect(err).toContain("there is no connection planes: known are bikes, boats, fjord");
    expect((await command(app, "callbacks")).code).toBe(2);
  });
});
