import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { afterAll, beforeAll, expect, it, vi } from "vitest";

import { standardHeaders } from "#sdk";
import { freePort } from "#sdk/testing";

import { desk, EVENT_ID, NEWER_SECRET, SECRET } from "./testing.ts";

const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
const [, script = ""] = /```js\n([\s\S]+?)```/.exec(readme) ?? [];

const folder = mkdtempSync(join(tmpdir(), "bellhop-webhook-"));
let child: ChildProcess;
let url: string;
const lines: string[] = [];

/** The script of the README, as it stands there. */
beforeAll(async () => {
  writeFileSync(join(folder, "receive.mjs"), script);
  const port = String(await freePort());
  url = `http://127.0.0.1:${port}/`;
  const env = { WEBHOOK_SECRET: SECRET, PORT: port };
  child = spawn(process.execPath, [join(folder, "receive.mjs")], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  await vi.waitFor(async () => expect((await fetch(url)).status).toBe(401), { timeout: 30_000 });
});
afterAll(() => {
  child.kill();
  rmSync(folder, { recursive: true });
});

it("the script of the README takes what is signed with its secret, also while the secret is changed", async () => {
  for (const secret of [SECRET, [NEWER_SECRET, SECRET]]) {
    await desk({ url, allowPrivate: true, secret }).handle();
  }

  const line = `${EVENT_ID} booking.confirmed 1201`;
  await expect.poll(() => lines).toEqual([line, line]);
});

it.each([
  ["another secret", { secret: NEWER_SECRET, body: "{}", ageMs: 0 }],
  ["another body", { secret: SECRET, body: '{"type":"x"}', ageMs: 0 }],
  ["an old message", { secret: SECRET, body: "{}", ageMs: 600_000 }],
])("and refuses %s", async (_, { secret, body, ageMs }) => {
  const sentAt = Date.now() - ageMs;
  const headers = standardHeaders([secret], { id: "1", sentAt, body: "{}" });

  const { status } = await fetch(url, { method: "POST", headers, body });

  expect(status).toBe(401);
});

it("and refuses what is no signature at all, and goes on", async () => {
  const headers = standardHeaders([SECRET], { id: "1", sentAt: Date.now(), body: "{}" });
  const signature = `v1,${"é".repeat(44)}`;

  const refused = await fetch(url, {
    method: "POST",
    headers: { ...headers, "webhook-signature": signature },
    body: "{}",
  });
  const taken = await fetch(url, { method: "POST", headers, body: "{}" });

  expect([refused.status, taken.status]).toEqual([401, 204]);
});
