import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { confirmedReservation, notify, startBikes } from "../api/bikes.ts";
import { type App, callApi, untilSettled } from "../harness/app.ts";
import { onOneStore } from "../harness/stores.ts";
import { command } from "./command.ts";

const LISTS = ["deliveries", "events", "bookings", "jobs", "effects", "replays"];
/** The others, of which this shop has none. */
const EMPTY = ["occurrences", "incidents"];

onOneStore((store) => {
  let app: App | undefined;
  afterEach(() => app?.stop());

  async function shop(): Promise<App> {
    app = await startBikes({ location: await store.newLocation() });
    return app;
  }

  it("before anything has happened every list is one sentence", async () => {
    const { env } = await shop();

    for (const name of [...LISTS, ...EMPTY]) {
      expect(await command({ env }, "list", name)).toMatchObject({
        code: 0,
        out: `No ${name} yet.\n`,
        err: "",
      });
    }
  });

  it("a program gets the same elements as from the API", async () => {
    const running = await shop();
    await confirmedReservation(running);

    for (const name of [...LISTS, ...EMPTY]) {
      const { code, out } = await command(running, "list", name, "--json");
      const { body } = await callApi(running, `/${name}`);

      expect(code).toBe(0);
      expect(JSON.parse(out)).toEqual(body);
    }
  });

  it("a person gets lines of a hundred columns at most, with what matters in them", async () => {
    const running = await shop();
    await confirmedReservation(running);
    await notify(running, "notification_type=reservation_confirmed");
    await untilSettled(running);
    await command(running, "replay", "jobs", "--subject", "9000101", "--yes");
    await untilSettled(running);
    const shown = async (name: string) => (await command(running, "list", name)).out;

    for (const name of LISTS) {
      const lines = (await shown(name)).trimEnd().split("\n");
      expect(lines.length).toBeGreaterThan(1);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    }
    expect(await shown("bookings")).toMatch(/bikes +9000101 +confirmed .*Ana Núñez +240.00 EUR/);
    expect(await shown("jobs")).toMatch(
      /^[0-9a-f-]{36} +voucher-.* +9000101 +skipped +2 +voucher v1 alread/m,
    );
    expect(await shown("replays")).toMatch(/jobs +done +1\/1 +subject=9000101/);
    expect(await shown("deliveries")).toMatch(/bikes +failed +incomplete/);
  });

  it("filters and pages are those of the API", async () => {
    const running = await shop();
    await confirmedReservation(running, "9000101");
    await confirmedReservation(running, "9000102");
    const ids = async (...args: string[]) => {
      const { out } = await command(running, "list", "deliveries", "--json", ...args);
      const { data, next } = JSON.parse(out) as { data: { subject: string }[]; next: string };
      return { subjects: data.map(({ subject }) => subject), next };
    };

    const first = await ids("--limit", "3");
    const rest = await ids("--limit", "3", "--cursor", first.next);

    expect(first.subjects).toEqual(["9000102", "9000102", "9000101"]);
    expect(rest).toEqual({ subjects: ["9000101"], next: null });
    expect((await ids("--subject", "9000101", "--state", "done")).subjects).toHaveLength(2);
    const search = await command(running, "list", "bookings", "--q", "núñ", "--limit", "1");
    expect(search.out).toContain("There are more: add --cursor ");
    const none = await command(running, "list", "bookings", "--starts-from", "2199-01-01");
    expect(none.out).toBe("No bookings meet these filters.\n");
    const day = new Date().toISOString().slice(0, 10);
    expect((await ids("--since", day)).subjects).toHaveLength(4);
    expect((await ids("--until", `${day} 00:00Z`)).subjects).toEqual([]);
  });

  it("names that the configuration does not have are pointed out where nothing is found", async () => {
    const { env } = await shop();
    const out = async (...args: string[]) => (await command({ env }, "list", ...args)).out;

    expect(await out("bookings", "--connection", "biks")).toBe(
      "No bookings meet these filters.\nNo connection is called biks: did you mean bikes?\n",
    );
    expect(await out("jobs", "--handler", "voucher-mial/send-voucher")).toContain(
      "No instance is called voucher-mial: did you mean voucher-mail?",
    );
    expect(await out("jobs", "--handler", "voucher-mail")).toContain("written as instance/handler");
  });

  it("of jobs in line it says why they do not run", async () => {
    const running = await shop();
    await confirmedReservation(running);
    await command(running, "pause", "voucher-mail/send-voucher", "--reason", "new template");
    await running.db.knex("jobs").update({ state: "ready" });

    const { out } = await command(running, "list", "jobs");

    expect(out).toContain("voucher-mail/send-voucher is paused: new template");
    expect(out).toContain('"bellhop resume voucher-mail/send-voucher" ends it');
  });
});

describe("wrong usage", () => {
  let app: App;
  beforeAll(async () => {
    app = await startBikes({ roles: "console" });
  });
  afterAll(() => app.stop());

  it.each([
    [["list", "deliveries", "--state", "lost"], "--state: use waiting, done"],
    [["list", "bookings", "--starts-from", "tomorrow"], "--starts-from: write a date"],
    [["list", "deliveries", "--limit", "0"], "--limit: write a number from 1 to 500"],
    [["list", "deliveries", "--colour", "red"], "--colour"],
    [["list", "occurrences", "--from", "tomorrow"], "--from: write a time"],
    [["list", "bookings", "extra"], "too many arguments"],
    [["list", "vouchers"], "unknown command"],
    [["list", "jobs", "--colour", "red"], '("bellhop list jobs --help" shows how)'],
    [["erase", "--emial", "anna@example.com"], "Did you mean --email?"],
    [["export", "--email", "anna@example.com"], "'--out <file>' not specified"],
    [["list"], "Usage: bellhop list"],
  ])("%j is answered with the reason", async (args, words) => {
    const { code, out, err } = await command(app, ...args);

    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(words);
  });
});
