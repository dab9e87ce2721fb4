import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { afterEach, describe, expect, it } from "vitest";

import { type App, callApi, startApp, untilSettled } from "../harness/app.ts";
import { outboxMails } from "../harness/mails.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { command } from "./command.ts";

const TOKEN = "hook-token-of-the-import-0123456789";

type Mode = "live" | "shadow";

let app: App | undefined;
afterEach(async () => {
  await app?.stop();
  app = undefined;
});

/** An installation whose connections are in such a mode; only what is asked for is at work. */
async function office(modes: Mode | { fjord: Mode; bikes: Mode }, roles: string): Promise<App> {
  const { fjord, bikes } = typeof modes === "string" ? { fjord: modes, bikes: modes } : modes;
  app = await startApp({
    roles,
    config: {
      mail: { mode: "live" },
      reconcile: { everyMinutes: 0, importDays: 0 },
      connections: {
        fjord: {
          source: "tourcms",
          tokens: [TOKEN],
          mode: fjord,
          settings: { accountId: "90001", channels: { "51234": {} } },
        },
        bikes: { source: "planyo", tokens: [TOKEN], mode: bikes },
      },
      integrations: { "voucher-mail": {} },
    },
  });
  return app;
}

function fileOf(name: string, content: string | Buffer): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

function planyo(name: string): string {
  return readFileSync(
    new URL(`../../integrations/planyo/fixtures/${name}.form`, import.meta.url),
    "latin1",
  ).trim();
}

function logLine(booking: number, event = "new_confirmed_web", account = "90001"): string {
  const at = `02/Mar/2026:14:${String(Math.floor(booking / 60) % 60).padStart(2, "0")}:05 +0100`;
  const query = `secret=x&event=${event}&account_id=${account}&channel_id=51234&booking_id=${booking}`;
  return `203.0.113.7 - - [${at}] "GET /old/tourcms.php?${query} HTTP/1.1" 200 2 "-" "-"`;
}

function mailOf(form: string, at: string): string {
  return `From: planyo@example.com\nDate: ${at}\nSubject: call\n\nWe called:\n\n${form}\n\n`;
}

async function deliveries({ db }: App) {
  const rows: { query: Buffer; received_at: number; method: string }[] = await db
    .knex("deliveries")
    .orderBy("position")
    .select("query", "received_at", "method");
  return rows;
}

describe("an access log", () => {
  const lines = [
    logLine(1201),
    "not a log line",
    '203.0.113.7 - - [02/Mar/2026:14:20:05 +0100] "GET /logo.png HTTP/1.1" 200 2 "-" "-"',
    '203.0.113.7 - - [02/Mar/2026:14:20:05 +0100] "GET /shop?page=2 HTTP/1.1" 200 2 "-" "-"',
    logLine(1202, "new_confirmed_web", "12345"),
    logLine(1203),
    logLine(1203),
    "",
  ].join("\n");

  it("needs no connection when only one is in shadow, and asks which where there are more", async () => {
    const { env } = await office("shadow", "console");
    const file = fileOf("access.log", lines);

    const several = await command({ env }, "import-calls", file);
    const missing = await command({ env }, "import-calls");
    await app?.stop();
    const live = await office("live", "console");
    const none = await command({ env: live.env }, "import-calls", file);
    await live.stop();
    const one = await office({ fjord: "shadow", bikes: "live" }, "console");
    const only = await command({ env: one.env }, "import-calls", file);

    expect(several).toMatchObject({ code: 2, out: "" });
    expect(several.err).toContain(
      "say which connection the calls are for: in shadow are fjord, bikes",
    );
    expect(missing).toMatchObject({ code: 2, out: "" });
    expect(none).toMatchObject({ code: 2, out: "" });
    expect(none.err).toContain(
      "no connection is in shadow: set mode: shadow at one of fjord, bikes",
    );
    expect(only).toMatchObject({ code: 0, err: "" });
    expect(only.out).toContain("calls taken: 3\n");
  });

  it("gives the calls of this account, in order and with their time; a second run gives none", async () => {
    const { env } = await office("shadow", "console");
    const file = fileOf("access.log", lines);

    const first = await command({ env }, "import-calls", "fjord", file);
    const second = await command({ env }, "import-calls", "fjord", file);

    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out).toBe(
      `${file} (access-log), lines read: 7\n  calls taken: 3\n  already known: 0\n` +
        "  other requests: 2\n  not understood: 1 (line 2)\n" +
        "A running Bellhop takes them up; in shadow nothing leaves.\n",
    );
    expect(second.out).toContain("calls taken: 0\n  already known: 3\n");
    const kept = await deliveries(app as App);
    expect(kept.map(({ query }) => /booking_id=(\d+)/.exec(String(query))?.[1])).toEqual([
      "1201",
      "1203",
      "1203",
    ]);
    expect(kept[0]).toMatchObject({
      method: "GET",
      received_at: Date.UTC(2026, 2, 2, 13, 20, 5),
    });
  });

  it("of a rotated, compressed file that overlaps gives what is new", async () => {
    const { env } = await office("shadow", "console");
    await command({ env }, "import-calls", "fjord", fileOf("access.log", lines));
    const rotated = gzipSync([logLine(1201), logLine(1204)].join("\n"));

    const { out } = await command({ env }, "import-calls", "fjord", fileOf("a.gz", rotated));

    expect(out).toContain("calls taken: 1\n  already known: 1\n");
  });

  it("of 100,000 lines gives every call once", { timeout: 120_000 }, async () => {
    const { env } = await office("shadow", "console");
    const noise = '203.0.113.7 - - [02/Mar/2026:14:20:05 +0100] "GET /x HTTP/1.1" 200 2 "-" "-"';
    const text = Array.from({ length: 100_000 }, (_, at) => (at % 10 === 0 ? logLine(at) : noise));
    const file = fileOf("access.log", text.join("\n"));

    const { code, out } = await command({ env }, "import-calls", "fjord", file);

    expect(code).toBe(0);
    expect(out).toContain("lines read: 100000\n  calls taken: 10000\n");
    expect(await deliveries(app as App)).toHaveLength(10_000);
  });
});

it("mails of a booking system show what vouchers would have been mailed, and none is", async () => {
  const running = await office("shadow", "all");
  const lately = new Date(Date.now() - 60_000).toUTCString();
  const mailbox = ["01_new_verified_reservation", "02_reservation_confirmed"]
    .map((name) => `From planyo Mon Mar  2 14:20:05 2026\n${mailOf(planyo(name), lately)}`)
    .join("");

  const { out, code } = await command(
    { env: running.env },
    "import-calls",
    "bikes",
    fileOf("mbox", mailbox),
  );
  await untilSettled(running);

  expect(code).toBe(0);
  expect(out).toContain("(mail), lines read: ");
  const { body } = await callApi(running, "/effects");
  expect(body).toMatchObject({
    data: [
      { subject: "9000101", progress: "would do", summary: "would mail voucher 1 to the guest" },
    ],
  });
  expect(await outboxMails(running.settings.dataFolder)).toEqual([]);
});

it("JSON lines with a time ahead of the clock come as if now", async () => {
  const { env } = await office("shadow", "console");
  const call = { receivedAt: "2099-01-01T00:00:00Z", query: "event=cancelled" };
  const query = `${call.query}&account_id=90001&channel_id=51234&booking_id=7`;
  const file = fileOf("calls.jsonl", `${JSON.stringify({ ...call, query })}\n{"a":1}\n`);

  const { out } = await command({ env }, "import-calls", "fjord", file, "--format", "jsonl");

  expect(out).toContain("calls taken: 1\n  already known: 0\n  not understood: 1 (line 2)\n");
  const [kept] = await deliveries(app as App);
  expect(kept?.received_at).toBeLessThanOrEqual(Date.now());
});

describe("refuses", () => {
  it("a live connection, whose guests would hear of old bookings", async () => {
    const { env } = await office("live", "console");
    const file = fileOf("access.log", logLine(1201));

    const { code, err } = await command({ env }, "import-calls", "fjord", file);

    expect(code).toBe(1);
    expect(err).toContain("guests would hear of old bookings: set mode: shadow");
    expect(await deliveries(app as App)).toEqual([]);
  });

  it.each([
    ["a connection nobody knows", ["nobody", "x"], 2, "known are fjord, bikes"],
    ["a file that is not there", ["fjord", "/nowhere/access.log"], 1, "no such file"],
    ["a kind of file nobody reads", ["fjord", "x", "--format", "pdf"], 2, "Allowed choices"],
  ])("%s", async (_, args, code, words) => {
    const { env } = await office("shadow", "console");

    const result = await command({ env }, "import-calls", ...args);

    expect(result.code).toBe(code);
    expect(result.err).toContain(words);
  });

  it("a file without a single call, and says so", async () => {
    const { env } = await office("shadow", "console");

    const { code, err } = await command(
      { env },
      "import-calls",
      "fjord",
      fileOf("notes.txt", "a=1&b=2\n"),
    );

    expect(code).toBe(1);
    expect(err).toContain("no call that fjord understands");
  });
});
