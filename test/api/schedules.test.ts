import { afterEach, expect, it } from "vitest";

import { type App, callApi, startApp } from "../harness/app.ts";
import { installClockPlugIn } from "../harness/clock-plug-in.ts";
import { onOneStore } from "../harness/stores.ts";

onOneStore((store) => {
  let app: App | undefined;
  afterEach(() => app?.stop());

  async function office(): Promise<App> {
    app = await startApp({
      location: await store.newLocation(),
      roles: "console",
      config: {
        timers: [{ name: "reminder", relativeTo: "start", offset: "-48h" }],
        integrations: { count: {} },
        integrationPaths: [installClockPlugIn()],
      },
    });
    return app;
  }

  it("a run that is asked for stands in line, and the next one by the clock behind it", async () => {
    const running = await office();

    const answer = await callApi(running, "/schedules/count/tally/run", { method: "POST" });

    expect(answer).toMatchObject({ status: 200, body: { count: 1 } });
    const { body } = await callApi(running, "/occurrences?schedule=count%2Ftally");
    expect(body).toMatchObject({
      data: [
        { state: "planned", reason: "every day at 07:00", eventId: null },
        { state: "planned", reason: "asked for by hand", eventId: null },
      ],
    });
  });

  it.each([
    ["/schedules/count/nothing/run", {}, 404],
    ["/schedules/reminder/reminder/run", {}, 404],
    ["/schedules/count/tally/run", { when: "now" }, 400],
  ])("%s with %j is refused, and nothing runs", async (path, json, status) => {
    const running = await office();

    const answer = await callApi(running, path, { json });

    expect(answer.status).toBe(status);
    expect(await running.db.knex("occurrences").select("position")).toEqual([]);
  });
});
