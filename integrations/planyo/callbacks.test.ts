import { afterEach, describe, expect, it } from "vitest";

import { type SimulatedAnswer } from "#sdk";

import { registerCallbacks } from "./callbacks.ts";
import { planyoServer, type PlanyoServer, refused, told } from "./testing.ts";

let server: PlanyoServer;
afterEach(() => server.close());

const URL_OF_HOOK = "https://hooks.example.com/hooks/bikes/token?ppp_payload=json";

async function serve(answerOf: (event: string) => SimulatedAnswer = () => told(null)) {
  server = await planyoServer(({ notification_name = "" }) => answerOf(notification_name));
}

const register = (url = URL_OF_HOOK, parts: Record<string, unknown> = {}) =>
  registerCallbacks(url, server.context(parts));
const events = () => server.calls.map(({ notification_name }) => notification_name);

describe("the callbacks of a site's bookings", () => {
  it("are added for each event that the API takes; the others are for a person", async () => {
    await serve();

    const { registered, byHand, failed } = await register();

    expect(registered).toHaveLength(17);
    expect(registered).toContain("reservation_confirmed");
    expect(registered).toContain("hourly");
    expect(byHand).toContain("reservation_removed");
    expect(byHand).toContain("vacation_modified");
    expect(failed).toEqual([]);
    expect(events()).toEqual(registered);
    for (const call of server.calls) {
      expect(call).toMatchObject({
        method: "add_notification_callback",
        callback_url: URL_OF_HOOK,
        site_id: "77001",
      });
    }
  });

  it.each(["", "  ", "hooks.example.com", "javascript:alert(1)"])(
    "are never touched with %j, which would delete those of other people",
    async (url) => {
      await serve();

      await expect(register(url)).rejects.toMatchObject({ kind: "permanent" });
      expect(server.calls).toEqual([]);
    },
  );

  it("are not added twice, but anew for another URL", async () => {
    await serve();
    await register();

    const again = await register();
    expect(again.registered).toHaveLength(17);
    expect(server.calls).toHaveLength(17);

    await register("https://hooks.example.com/hooks/bikes/newer");
    expect(server.calls).toHaveLength(34);
  });

  it.each([
    [3, "Invalid input data: notification_name"],
    [4, "no such notification"],
    [4, "not allowed"],
  ])("that the API does not know (code %i, %s) are for a person", async (code, message) => {
    await serve((event) => (event === "noshow" ? refused(code, message) : told(null)));

    const { registered, byHand, failed } = await register();

    expect(registered).toHaveLength(16);
    expect(byHand).toContain("noshow");
    expect(failed).toEqual([]);
  });

  it("fail with the reason, and Planyo is left alone until the next try, which goes on", async () => {
    let isTired = true;
    await serve((event) =>
      isTired && event === "reservation_admin_canceled" ? refused(5, "API overuse") : told(null),
    );

    const { registered, failed } = await register();

    expect(registered).toEqual(["new_verified_reservation", "reservation_confirmed"]);
    expect(failed[0]).toEqual({
      event: "reservation_admin_canceled",
      reason: "Planyo add_notification_callback: code 5, API overuse",
    });
    expect(failed[1]?.reason).toContain("not tried");
    expect(failed).toHaveLength(15);
    expect(server.calls).toHaveLength(3);

    isTired = false;
    expect((await register()).registered).toHaveLength(17);
    expect(events().filter((event) => event === "reservation_confirmed")).toHaveLength(1);
  });

  it("are all for a person where there is no key", async () => {
    await serve();

    const { registered, byHand } = await register(URL_OF_HOOK, { apiKey: undefined });

    expect([registered.length, byHand.length]).toEqual([0, 27]);
    expect(server.calls).toEqual([]);
  });
});
