import { afterAll, beforeAll, expect, it } from "vitest";

import { type App, startApp } from "../harness/app.ts";
import { command } from "./command.ts";

let app: App;
beforeAll(async () => {
  app = await startApp({
    roles: "console",
    env: { BELLHOP_PUBLIC_URL: "https://hooks.example.com/" },
    config: {
      connections: {
        fjord: {
          source: "tourcms",
          tokens: ["new-token", "old/token"],
          settings: { accountId: "1" },
        },
        bikes: { source: "planyo", tokens: ["bikes-token"] },
      },
      calendars: { cabins: { tokens: ["new-secret", "old/secret"] } },
    },
  });
});
afterAll(() => app.stop());

it("a program gets one line for each connection and each calendar, with the newest token", async () => {
  const { code, out } = await command(app, "urls");

  expect(code).toBe(0);
  expect(out).toBe(
    "https://hooks.example.com/hooks/fjord/new-token\n" +
      "https://hooks.example.com/hooks/bikes/bikes-token\n" +
      "https://hooks.example.com/calendars/cabins/new-secret.ics\n",
  );
});

it("a person also sees the older token and that it is the older one", async () => {
  const { out } = await command({ ...app, person: { saysYes: true } }, "urls");

  expect(out).toContain("  https://hooks.example.com/hooks/fjord/old%2Ftoken\n  (the second is");
  expect(out).toContain(
    "\nCalendars:\ncabins\n  https://hooks.example.com/calendars/cabins/new-secret.ics\n" +
      "  https://hooks.example.com/calendars/cabins/old%2Fsecret.ics\n  (the second is",
  );
  expect(out).toContain("bikes\n  https://hooks.example.com/hooks/bikes/bikes-token\n");
});

it("without a connection the command says how to add one", async () => {
  const empty = await startApp({ roles: "console" });
  try {
    const { code, err } = await command(empty, "urls");

    expect(code).toBe(1);
    expect(err).toContain('run "bellhop init"');
  } finally {
    await empty.stop();
  }
});
