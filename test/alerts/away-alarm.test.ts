import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { AwayAlarm } from "../../src/alerts/away-alarm.ts";
import { webhookTeller } from "../../src/alerts/tellers.ts";
import { httpClient } from "../../src/http/http-client.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { SECRET, startWebhookServer, type WebhookServer } from "./webhook-server.ts";

let hook: WebhookServer;
let file: string;
beforeEach(async () => {
  hook = await startWebhookServer();
  file = join(temporaryFolder(), "spool", "incident.json");
});
afterEach(() => hook.close());

const AWAY = { isSpooling: true, rows: 7, usedFraction: 0 };
const BACK = { isSpooling: false, rows: 0, usedFraction: 0 };

/** The alarm of one process; what it sees may be changed. */
function alarm(patienceMs = 0) {
  const clock = { now: Date.now };
  const seen = { now: AWAY };
  const parts = {
    spool: () => seen.now,
    tellers: [webhookTeller({ url: hook.url, secret: SECRET, http: httpClient, clock })],
    file,
    clock,
    log: memoryLog(),
    patienceMs,
  };
  return { seen, round: () => new AwayAlarm(parts).round(), steady: new AwayAlarm(parts) };
}

const told = () => hook.received.map(({ message }) => message.type);

it("a database that is away is told once, and once that it is back", async () => {
  const { seen, steady } = alarm();

  for (let round = 0; round < 3; round += 1) await steady.round();
  seen.now = BACK;
  for (let round = 0; round < 3; round += 1) await steady.round();

  expect(told()).toEqual(["incident.opened", "incident.closed"]);
  expect(hook.received.every(({ isSigned }) => isSigned)).toBe(true);
  expect(hook.received[0]?.message.data).toMatchObject({ name: "spool:messages", closedAt: null });
  expect(hook.received[0]?.message.data.reason).toContain("7 messages are kept");
  expect(existsSync(file)).toBe(false);
});

it("a restart in between tells nothing twice", async () => {
  const { seen, round } = alarm();

  await round();
  await round();
  seen.now = BACK;
  await round();
  await round();

  expect(told()).toEqual(["incident.opened", "incident.closed"]);
});

it("what another process of the folder tells is left to it, as long as it lives", async () => {
  const { round, steady } = alarm();
  await steady.round();
  const noted = JSON.parse(readFileSync(file, "utf8")) as object;
  const notedBy = (pid: number) => {
    writeFileSync(file, JSON.stringify({ ...noted, pid, told: [] }));
  };

  notedBy(process.ppid);
  await round();
  expect(told()).toHaveLength(1);
  notedBy(2 ** 22 + 1);
  await round();
  expect(told()).toHaveLength(2);
});

it("what nobody took is told again, also that it is over", async () => {
  const { seen, steady } = alarm();

  hook.status = 500;
  await steady.round();
  hook.status = 204;
  await steady.round();
  seen.now = BACK;
  hook.status = 500;
  await steady.round();
  hook.status = 204;
  await steady.round();

  const ids = new Set(hook.received.map(({ id }) => id));
  expect(told()).toEqual([
    ...["incident.opened", "incident.opened"],
    ...["incident.closed", "incident.closed"],
  ]);
  expect(ids.size).toBe(2);
});

it("a database that is away for a moment is none, unless the spool fills", async () => {
  const { seen, steady } = alarm(60_000);

  await steady.round();
  expect(told()).toEqual([]);
  seen.now = { ...AWAY, usedFraction: 0.6 };
  await steady.round();

  expect(told()).toEqual(["incident.opened"]);
});

it("one that was over before anybody was told is forgotten", async () => {
  const { seen, steady } = alarm();

  hook.status = 500;
  await steady.round();
  seen.now = BACK;
  await steady.round();

  expect(told()).toEqual(["incident.opened"]);
  expect(existsSync(file)).toBe(false);
});
