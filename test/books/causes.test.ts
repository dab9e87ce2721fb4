import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, describe, expect, it, vi } from "vitest";

import type { App, AppOptions } from "../harness/app.ts";
import { untilSettled } from "../harness/app.ts";
import { onEachStore } from "../harness/stores.ts";
import { command } from "../cli/command.ts";
import {
  BOOKS,
  books,
  daysFromNow,
  differing,
  eur,
  happen,
  paid,
  settleNow,
  startOffice,
  walk,
} from "./office.ts";

onEachStore((store) => {
  let app: App | undefined;
  afterEach(() => app?.stop());

  async function office(options: AppOptions = {}): Promise<App> {
    app = await startOffice({ location: await store.newLocation(), ...options });
    return app;
  }

  /** Repairs, and lets the running Bellhop take up what is back in line. */
  async function repaired(running: App): Promise<string> {
    const { err } = await books(running, "check", "--repair", "--yes");
    await settleNow(running.db);
    await untilSettled(running);
    return err;
  }

  const monthFile = (running: App, day = daysFromNow(-5)) =>
    join(running.settings.dataFolder, "books", `${day.slice(0, 7)}.journal`);

  it("books that agree say so: nothing due yet, nothing sold and history are no differences", async () => {
    const running = await office();
    await happen(running, [
      walk("1201", { payments: paid(18_000) }),
      walk("1202", {
        start: { date: daysFromNow(40), timeZone: "Europe/Oslo" },
        payments: paid(5_000),
      }),
      walk("1203", { status: "cancelled" }),
    ]);
    await happen(running, [walk("1204", { start: { date: daysFromNow(-9), timeZone: "UTC" } })], {
      origin: "adopted",
    });

    const { code, out, err } = await books(running, "check");

    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toContain("4 bookings: books and bookings agree.");
    expect(out).toMatch(
      /total +EUR +4 +0 +540\.00 +180\.00 +180\.00 +180\.00 +230\.00 +230\.00 +50\.00/,
    );
  });

  it("a folder that cannot be written: held, with the reason; done by itself or by repair once it can", async () => {
    const settings = { path: "accounts/books" };
    const integrations = { "books-fjord": { use: "ledger-file", settings } };
    const running = await office({ config: { ...BOOKS, integrations } });
    const folder = join(running.settings.dataFolder, "accounts");
    await vi.waitFor(() => {
      expect(existsSync(folder)).toBe(true);
    });
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "in the way");
    await happen(running, [walk("1201")]);

    const held = await differing(running);
    rmSync(folder);
    await command(running, "resume", "books-fjord/documents");
    const said = await repaired(running);

    expect(held.code).toBe(1);
    expect(held.causes).toEqual({ "1201": ["held"] });
    expect(held.whats[0]).toMatch(/^invoice:1 over EUR 180\.00: .*cannot be written/);
    expect(said).toContain("1 booking back in line");
    expect(await differing(running)).toMatchObject({ code: 0, causes: {} });
  });

  it("work that has failed for good needs a person; once the booking is right, repair ends it", async () => {
    const running = await office();
    await happen(running, [walk("1201", { payments: paid(-5_000) })]);

    const dead = await differing(running);
    await happen(running, [walk("1201", { payments: paid(5_000, -5_000) })], { isIdle: true });
    const still = await differing(running);
    await repaired(running);

    expect(dead).toMatchObject({ code: 1, causes: { "1201": ["needs_you"] } });
    expect(dead.whats).toEqual(["booking 1201: more was given back than ever came in"]);
    expect(still.causes).toEqual({ "1201": ["needs_you"] });
    expect(await differing(running)).toMatchObject({ code: 0 });
  });

  it("what settles, or is in line, is waiting", async () => {
    const running = await office({ roles: "console" });
    await happen(running, [walk("1201")], { isIdle: true });

    const { code, causes } = await differing(running);

    expect(code).toBe(1);
    expect(causes).toEqual({ "1201": ["waiting"] });
    expect((await books(running, "check")).err).toBe("bellhop: 1 difference remains\n");
  });

  it("a month of the journal that was deleted is missing there, and is posted again under its numbers", async () => {
    const running = await office();
    await happen(running, [walk("1201", { payments: paid(18_000) }), walk("1202")]);
    const before = readFileSync(monthFile(running), "utf8");
    rmSync(monthFile(running));

    const missing = await differing(running);
    const offline = await differing(running, "--offline");
    const said = await repaired(running);

    expect(missing.causes["1202"]).toEqual(["missing_in_target"]);
    expect(missing.causes["1201"]).toContain("missing_in_target");
    expect(offline).toMatchObject({ code: 0, causes: {} });
    expect(said).toMatch(/2 bookings back in line, \d documents? looked for and posted again/);
    expect(await differing(running)).toMatchObject({ code: 0 });
    expect(readFileSync(monthFile(running), "utf8")).toBe(before);
  });

  it("an amount, an account or an entry that a hand has changed is told of, and never repaired", async () => {
    const running = await office();
    await happen(running, [walk("1201"), walk("1202"), walk("1203")]);
    const text = readFileSync(monthFile(running), "utf8");
    const [one, two, three] = ["1201", "1202", "1203"].map((reference) =>
      text.split("\n\n").find((entry) => entry.includes(`fjord/${reference}/invoice:1`)),
    );
    const edited = text
      .replace(one ?? "", (one ?? "").replaceAll("180.00", "170.00"))
      .replace(two ?? "", (two ?? "").replace("income:revenue", "income:tips   "))
      .replace(
        three ?? "",
        `${three ?? ""}\n\n${(three ?? "").replaceAll("invoice:1", "invoice:7")}`,
      );
    writeFileSync(monthFile(running), edited);

    const { causes, whats } = await differing(running);
    const said = await repaired(running);

    expect(causes).toEqual({
      "1201": ["changed_in_target"],
      "1202": ["changed_in_target"],
      "1203": ["unknown_in_target"],
    });
    expect(whats).toEqual([
      "invoice:1: EUR 170.00 there, EUR 180.00 posted",
      expect.stringMatching(/^other accounts: revenue EUR 0\.00 there, EUR -180\.00 posted/),
      "invoice:7 is there, and our ledger knows of no such invoice",
    ]);
    expect(said).toContain("There is nothing that doing again would repair.");
    expect(readFileSync(monthFile(running), "utf8")).toBe(edited);
  });

  it("books that were set up after the bookings were never told of them, until a repair", async () => {
    const location = await store.newLocation();
    const first = await startOffice({ location, config: { ...BOOKS, integrations: {} } });
    await happen(first, [walk("1201", { payments: paid(18_000) }), walk("1202")]);
    await first.stop();
    const running = await office({ location });

    const untold = await differing(running);
    const said = await repaired(running);

    expect(untold.causes).toEqual({ "1201": ["never_told"], "1202": ["never_told"] });
    expect(said).toContain("2 bookings told for the first time");
    expect(await differing(running)).toMatchObject({ code: 0 });
  });

  it("after a change of settings what was done by others is not followed, until a repair", async () => {
    const location = await store.newLocation();
    const later = { start: { date: daysFromNow(40), timeZone: "UTC" } };
    const first = await startOffice({ location });
    await happen(first, [walk("1201", later)]);
    await first.stop();
    const settings = { policy: "invoice" };
    const integrations = { "books-fjord": { use: "ledger-file", settings } };
    const running = await office({ location, config: { ...BOOKS, integrations } });

    const { causes } = await differing(running);
    await repaired(running);

    expect(causes).toEqual({ "1201": ["not_followed"] });
    expect(await differing(running)).toMatchObject({ code: 0 });
  });

  it("payments that do not add up to what the source says is paid are the source's to correct", async () => {
    const running = await office();
    await happen(running, [
      walk("1201", { payments: paid(5_000), totals: { total: eur(18_000), paid: eur(8_000) } }),
    ]);

    const { causes, whats } = await differing(running);

    expect(causes).toEqual({ "1201": ["payments_differ"] });
    expect(whats).toEqual(["EUR 80.00 paid in all, and its payments come to EUR 50.00"]);
  });

  describe("which bookings", () => {
    it("are those of the time, by service or by document, and whatever waits or failed before it", async () => {
      const running = await office();
      const old = { start: { date: daysFromNow(-400), timeZone: "UTC" } };
      await happen(running, [
        walk("1201", { ...old, payments: paid(-100) }),
        walk("1202", old),
        walk("1203"),
      ]);
      await happen(running, [
        walk("1202", { ...old, payments: [{ amount: eur(18_000), paidAt: daysFromNow(-3) }] }),
      ]);
      const time = ["--since", daysFromNow(-35), "--until", daysFromNow(30)];

      const { code, out } = await books(running, "check", ...time, "--format", "json");

      const { data } = JSON.parse(out) as { data: { reference: string }[] };
      expect(code).toBe(1);
      expect(data.map(({ reference }) => reference)).toEqual(["1203", "1202", "1201"]);
    });
  });
});
