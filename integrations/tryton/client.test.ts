import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { kindOf, type SimulatedAnswer } from "#sdk";
import {
  checkContext,
  hasPrograms,
  testClock,
  vendorServer,
  type VendorServer,
} from "#sdk/testing";

import { check } from "./check.ts";
import { Tryton } from "./client.ts";
import { TrytonConfig } from "./config.ts";
import { listeningHttp } from "./testing/breaking-http.ts";
import { bookingFile, invoice, line } from "./testing/postings.ts";
import { openShop, type Shop } from "./testing/shop.ts";
import { asId } from "./wire.ts";

// A call takes some 20 ms of an idle machine, and this one is seldom idle.
const SLOW = { timeout: 180_000 };
const canRun = hasPrograms("trytond", "trytond-admin");

describe.runIf(canRun)("a session with Tryton", SLOW, () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop({ sessionSeconds: 1 });
  });
  afterAll(() => shop.close());

  it("is begun again when it is over, in the middle of the work", async () => {
    const http = listeningHttp();
    const booking = bookingFile(shop.context({}, http));
    await booking.post(invoice(line(12_100)));
    const before = logIns(http.methods);

    // Posting asks for a session that was used a moment ago.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await booking.post({ kind: "payment", to: "invoice:1", paymentId: "p", totalMinor: 12_100 });

    expect(logIns(http.methods) - before).toBeLessThanOrEqual(2);
    expect((await booking.read()).balances).toMatchObject({ receivable: 0, clearing: 12_100 });
  });

  it("with a refused password is asked for once, until a person asks", async () => {
    const http = listeningHttp();
    const context = shop.context({ password: "wrong-password" }, http);
    const booking = bookingFile(context);

    const failures = [
      await booking.post(invoice(line(12_100))).catch(identity),
      await booking.post(invoice(line(12_100))).catch(identity),
    ];
    const byJobs = logIns(http.methods);
    const byPerson: unknown = await check(context).catch(identity);

    expect(failures.map(kindOf)).toEqual(["configuration", "configuration"]);
    expect(String(failures[0])).toContain("settings.password: Tryton refuses it");
    expect(String(failures[1])).toContain("short while ago");
    expect(byJobs).toBe(1);
    expect(kindOf(byPerson)).toBe("configuration");
    expect(logIns(http.methods)).toBe(2);
    expect(shop.logLines.join()).not.toContain("wrong-password");
  });

  it("of a database that is not there says which setting it is", async () => {
    const failure: unknown = await check(shop.context({ database: "nothing" })).catch(identity);

    expect(String(failure)).toContain("settings.database: Tryton has no database");
  });
});

describe("what Tryton answers", () => {
  const servers: VendorServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  /** A Tryton that lets anybody in and gives these answers one after the other. */
  async function answering(...answers: SimulatedAnswer[]) {
    const server = await vendorServer(({ body }) => {
      const { method } = JSON.parse(body.toString()) as { method: string };
      if (method === "common.db.login") return json({ result: [7, "token"] });
      return answers.shift() ?? { status: 500, body: "unexpected" };
    });
    servers.push(server);
    const config = TrytonConfig.parse({
      ...{ url: server.url, database: "d", user: "u", password: "p" },
    });
    return { server, tryton: new Tryton(checkContext(config, { clock: testClock() })) };
  }

  const json = (answer: object): SimulatedAnswer => ({
    status: 200,
    body: JSON.stringify({ id: 1, ...answer }),
  });
  const failed = (...error: unknown[]) => json({ error });

  const write = (tryton: Tryton) => tryton.create("party.party", { name: "Kari" }).catch(identity);
  const read = (tryton: Tryton) =>
    tryton.searchRead("party.party", [], { id: asId }).catch(identity);

  it.each([
    ["a refusal", failed("UserError", ["No.", "", null]), "permanent", false],
    [
      "missing rights",
      failed("UserError", ['You are not allowed to access "X".', ""]),
      "configuration",
      false,
    ],
    ["a record changed meanwhile", failed("ConcurrencyException", "x"), "retryable", false],
    ["a lock", failed("could not obtain lock on row in relation", "…"), "retryable", false],
    [
      "a race",
      failed("could not serialize access due to concurrent update", "…"),
      "retryable",
      false,
    ],
    ["SQLite at work", failed("database is locked", "…"), "retryable", false],
    [
      "a lost database",
      failed("server closed the connection unexpectedly", "…"),
      "retryable",
      true,
    ],
    ["a fault of its own", failed("'NoneType' object is not iterable", "…"), "permanent", true],
    ["a question", failed("UserWarning", ["x_1", "Sure?", ""]), "permanent", false],
    [
      "a second factor",
      failed("LoginException", ["code", "Code?", "char"]),
      "configuration",
      false,
    ],
    ["too many passwords", { status: 429, body: "<html>" }, "retryable", false],
    ["a method that is not there", { status: 403, body: "<html>" }, "configuration", false],
    ["a broken server", { status: 502, body: "<html>" }, "retryable", true],
    ["another place", { status: 301, body: "" }, "configuration", false],
    ["a web site", { status: 200, body: "<html>Welcome" }, "configuration", true],
  ])("%s: tells what happens next", async (_, answer, kind, mayHaveHappened) => {
    const [first, second] = [await answering(answer), await answering(answer)];

    const [writing, reading] = [await write(first.tryton), await read(second.tryton)];

    expect(writing).toMatchObject({ kind, mayHaveHappened });
    // What only reads leaves nothing behind, but for a fault after which nobody knows anything.
    expect(kindOf(reading)).toBe(kind);
  });

  it("no answer at all leaves nothing open where nothing was to be done", async () => {
    const { server, tryton } = await answering(json({ result: [] }));
    await read(tryton);
    await server.close();

    expect(await write(tryton)).toMatchObject({ kind: "retryable" });
    expect(await read(tryton)).toMatchObject({ kind: "retryable", mayHaveHappened: false });
  });

  it("too many wrong passwords make us wait long", async () => {
    const { tryton } = await answering({ status: 429, headers: { "retry-after": "90" }, body: "" });

    expect(await write(tryton)).toMatchObject({ retryAfterMs: 90_000 });
  });

  it("a session that ends at once is not begun for ever", async () => {
    const over = { status: 401, body: "<html>" };
    const { server, tryton } = await answering(over, over, over);

    expect(await write(tryton)).toMatchObject({ kind: "configuration" });
    expect(server.requests).toHaveLength(4);
  });

  it("the question about a day that is over is answered with yes", async () => {
    const asked = failed("UserWarning", ["invoice_payment_term_12", "The date is past", ""]);
    const { server, tryton } = await answering(
      asked,
      json({ result: [1] }),
      json({ result: null }),
    );

    await tryton.press("account.invoice", "post", [12]);

    const methods = server.requests.map(({ body }) => {
      return (JSON.parse(body.toString()) as { method: string }).method;
    });
    expect(methods.slice(1)).toEqual([
      "model.account.invoice.post",
      "model.res.user.warning.create",
      "model.account.invoice.post",
    ]);
  });
});

function logIns(methods: readonly string[]): number {
  return methods.filter((method) => method === "common.db.login").length;
}

function identity(error: unknown): unknown {
  return error;
}
