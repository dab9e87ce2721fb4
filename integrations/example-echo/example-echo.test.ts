import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, it } from "vitest";

import { type AnyEvent, kindOf } from "#sdk";
import {
  checkContext,
  checkIntegration,
  delivery,
  memoryLedger,
  noEntries,
  sourceContext,
} from "#sdk/testing";

import { EchoConfig } from "./config.ts";
import { appendLine } from "./handlers/append-line.ts";
import { echoSource } from "./source.ts";

const folder = mkdtempSync(join(tmpdir(), "bellhop-echo-"));
const path = join(folder, "lines.txt");
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const event = {
  id: "event-1",
  type: "booking.confirmed",
  subject: "A-1",
  connection: "echo",
  version: 1,
  ordinal: 1,
  booking: { connection: "echo", reference: "A-1", version: 1, status: "confirmed" },
} as AnyEvent;

const context = {
  ...checkContext({ path, timeZone: "UTC" }),
  connection: { id: "echo", name: "Echo", language: "en" },
  current: undefined,
  entriesOf: noEntries,
};

checkIntegration(import.meta.dirname, {
  settings: { path },
  handlers: { "append-line": { event, context } },
});

it("a call becomes a booking with its moment, its price and its guest", () => {
  const body = readFileSync(new URL("fixtures/confirmed.json", import.meta.url));
  const config = EchoConfig.parse({ timeZone: "Europe/Oslo" });

  const [notice] = echoSource.read(delivery({ method: "POST", body }), sourceContext(config));

  expect(notice?.view).toMatchObject({
    status: "confirmed",
    start: { date: "2026-12-24", time: "19:30", timeZone: "Europe/Oslo" },
    totals: { total: { amountMinor: 9_000, currency: "EUR" } },
    customer: { email: "ana@example.com" },
  });
});

it("what is no call is unreadable", () => {
  const config = sourceContext(EchoConfig.parse({}));
  const read = (text: string) => () =>
    echoSource.read(delivery({ body: Buffer.from(text) }), config);

  for (const text of ["", "{", "[]", '{"event":"confirmed"}'])
    expect(read(text)).toThrow("unreadable");
});

it("without a file to write to the job is held, not lost", async () => {
  const handling = appendLine.handle(event as never, {
    ...context,
    config: EchoConfig.parse({}),
    effect: memoryLedger().effect,
    ledger: [],
  });

  const error: unknown = await handling.catch((cause: unknown) => cause);
  expect(kindOf(error)).toBe("configuration");
});
