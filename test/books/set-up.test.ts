import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, it } from "vitest";

import { type App, untilSettled } from "../harness/app.ts";
import { onEachStore } from "../harness/stores.ts";
import { readCsv } from "../cli/csv.ts";
import { BOOKS, books, differing, eur, happen, startOffice, walk } from "./office.ts";

const MONTH = "2026-05";
const zone = "Europe/Oslo";

/** A booking of spring 2026, with a deposit in April and the rest on the day. */
function springWalk(reference: string, day: string, parts: object = {}) {
  return walk(reference, {
    start: { date: day, time: "09:00", timeZone: zone },
    madeAt: "2026-04-02T10:00:00Z",
    payments: [
      { amount: eur(5_000), paidAt: "2026-04-03", method: "card" },
      { amount: eur(13_000), paidAt: day, method: "cash" },
    ],
    ...parts,
  });
}

onEachStore((store) => {
  let app: App | undefined;
  afterEach(() => app?.stop());

  async function office(settings: object = {}): Promise<App> {
    const integrations = { "books-fjord": { use: "ledger-file", settings } };
    const config = { ...BOOKS, integrations };
    app = await startOffice({ location: await store.newLocation(), config, roles: "console" });
    return app;
  }

  it("the plan of a month shows its documents and their totals, and posts nothing", async () => {
    const running = await office();
    await happen(running, [springWalk("1201", "2026-05-14"), springWalk("1202", "2026-07-01")], {
      isIdle: true,
    });
    const tables = async () =>
      Promise.all(["effects", "jobs", "lanes"].map((name) => running.db.knex(name).select()));
    const before = await tables();

    const may = await books(running, "plan", "books-fjord", "--month", MONTH, "--format", "csv");
    const april = await books(running, "plan", "books-fjord", "--month", "2026-04");

    expect(may).toMatchObject({ code: 0, err: "Nothing was posted.\n" });
    expect(readCsv(may.out).slice(1)).toEqual([
      ["2026-05-14", "fjord", "1201", "invoice:1", "180.00", "EUR", ""],
      ["2026-05-14", "fjord", "1201", "application:1", "50.00", "EUR", ""],
      ["2026-05-14", "fjord", "1201", "payment:1", "130.00", "EUR", ""],
    ]);
    expect(april.out).toMatch(/deposit +2 +100\.00 +EUR/);
    expect(april.out).toMatch(/prepayments +100\.00 +EUR/);
    expect(await tables()).toEqual(before);
    expect(existsSync(join(running.settings.dataFolder, "books", `${MONTH}.journal`))).toBe(false);
  });

  it("in a closed period a plan says the first open day, and why", async () => {
    const running = await office({ closedUntil: "2026-05-31" });
    await happen(running, [springWalk("1201", "2026-05-14")], { isIdle: true });

    const { out } = await books(
      running,
      "plan",
      "books-fjord",
      "--month",
      MONTH,
      "--format",
      "csv",
    );

    expect(readCsv(out)[1]?.[0]).toBe("2026-06-01");
    expect(readCsv(out)[1]?.[6]).toBe("of 2026-05-14, which is in a closed period");
  });

  it("the opening list is what books that begin then take over, to the cent", async () => {
    const startDate = "2026-05-01";
    const location = await store.newLocation();
    const integrations = { "books-fjord": { use: "ledger-file", settings: { startDate } } };
    app = await startOffice({ location, config: { ...BOOKS, integrations } });
    await happen(app, [
      springWalk("1201", "2026-05-14"),
      springWalk("1202", "2026-04-20"),
      springWalk("1203", "2026-05-20", { status: "cancelled", payments: [] }),
      springWalk("1204", "2026-06-02", { madeAt: "2026-05-02T10:00:00Z", payments: [] }),
    ]);
    await untilSettled(app);

    const list = await books(app, "opening", "books-fjord", "--format", "json");
    const text = await books(app, "opening", "books-fjord");

    const { data, totals } = JSON.parse(list.out) as {
      data: { reference: string }[];
      totals: object[];
    };
    expect(data.map(({ reference }) => reference)).toEqual(["1201"]);
    expect(totals).toEqual([{ currency: "EUR", bookings: 1, held: "50.00" }]);
    expect(text.out).toMatch(/fjord\/1201 +2026-05-14 +50\.00 +EUR +fjord-cust-1201/);
    expect(text.out).toContain("in all EUR 50.00, of 1 booking");
    const journal = readFileSync(join(app.settings.dataFolder, "books", "2026-05.journal"), "utf8");
    const taken = journal
      .split("\n\n")
      .filter((entry) => entry.includes("held before the books began"));
    expect(taken).toHaveLength(1);
    expect(taken[0]).toContain("total: 50.00");
    expect(await differing(app, "--since", "2026-01-01")).toMatchObject({ code: 0, causes: {} });
  });

  it("what cannot be meant is refused, with what to do", async () => {
    const running = await office();
    const refusals: [args: string[], code: number, words: string][] = [
      [["check", "book-fjord"], 1, "there are books-fjord"],
      [["check", "--connection", "fjrd"], 1, "known are fjord"],
      [["plan", "books-fjord", "--month", "May"], 2, "Write a month such as"],
      [["check", "--month", MONTH, "--since", "2026-05-01"], 2, "leave out --since"],
      [["check", "--until", "2020-01-01"], 2, "--until is before"],
      [["check", "--repair"], 2, "add --yes"],
    ];

    for (const [args, code, words] of refusals) {
      const result = await books(running, ...args);

      expect(result.code, words).toBe(code);
      expect(result.err).toContain(words);
    }
  });
});
