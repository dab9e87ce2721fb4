import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import {
  type DavServer,
  PASSWORD,
  startRadicale,
  USER,
} from "../../integrations/dav/testing/servers.ts";
import { makeAddressBook, makeCalendar } from "../../integrations/dav/testing/office.ts";
import { davTarget } from "../../integrations/dav/target.ts";
import davIntegration from "../../integrations/dav/index.ts";
import { NEVER } from "../../src/dispatch/job-store.ts";
import { Records } from "../../src/erase/records.ts";
import { checkContext, hasPrograms, memoryTokens } from "../../src/sdk/testing.ts";
import { type App, callApi, startApp, untilSettled } from "../harness/app.ts";
import { type BreakingProxy, breakingProxy } from "../harness/breaking-proxy.ts";
import { onOneStore } from "../harness/stores.ts";
import { command } from "../cli/command.ts";

const TOKEN = "erasing-token-0123456789abcdef";
const MARTA = "marta.nunez+bici@example.com";
/** What the fixtures say of Marta, as it is kept in files, rows and calls. */
const TRACES = [
  ...["marta", "Núñez", "N%C3%BA%C3%B1ez", "d’Ollc", "655 555 010", "655555010", "655+555+010"],
  ...["Major, 1", "Major%2C", "Vindrem", "amb el gos", "ESB00000000", "08500"],
];

function fixture(name: string): string {
  const url = new URL(`../../integrations/planyo/fixtures/${name}.form`, import.meta.url);
  return readFileSync(url, "utf8");
}

async function call(app: App, body: string): Promise<void> {
  const { status } = await fetch(`${app.url}/hooks/bikes/${TOKEN}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
  });
  expect(status).toBe(200);
}

/** Nobody waits for lanes that only wait for more events. */
async function untilAllIsDone(app: App): Promise<void> {
  const { db } = app;
  const hurry = setInterval(() => {
    void db
      .knex("lanes")
      .where("due_at", "<", NEVER)
      .whereNull("token")
      .update({ due_at: 0 })
      .catch(() => undefined);
  }, 50);
  try {
    await untilSettled(app);
  } finally {
    clearInterval(hurry);
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Which of the texts any file of the data folder holds, whatever has been deleted around it. */
function tracesIn(folder: string, traces: readonly string[] = TRACES): string[] {
  const found = filesIn(folder).flatMap((path) => {
    const bytes = readFileSync(path);
    const text = bytes.toString("utf8").toLowerCase();
    const mail = path.endsWith(".eml") ? readMail(bytes) : "";
    return traces.filter((trace) => (text + mail).includes(trace.toLowerCase()));
  });
  return [...new Set(found)];
}

function readMail(bytes: Buffer): string {
  return bytes.toString("latin1").replaceAll(/=\r?\n/g, "");
}

describe.runIf(hasPrograms("radicale", "htpasswd"))("a guest who asks to be forgotten", () => {
  let radicale: DavServer;
  beforeAll(async () => {
    radicale = await startRadicale();
  });
  afterAll(() => radicale.stop());

  onOneStore((store) => {
    let app: App;
    let proxy: BreakingProxy;
    let count = 0;
    let settings: object;
    beforeEach(async () => {
      count += 1;
      proxy = await breakingProxy(Number(new URL(radicale.url).port));
      await makeAddressBook(`${radicale.home}guests-${store.name}-${count}/`);
      await makeCalendar(`${radicale.calendarHome}bookings-${store.name}-${count}/`);
      const through = (url: string) => url.replace(/:\d+\//, `:${proxy.port}/`);
      const calendarUrl = through(`${radicale.calendarHome}bookings-${store.name}-${count}/`);
      settings = {
        addressBookUrl: through(`${radicale.home}guests-${store.name}-${count}/`),
        calendars: [{ url: calendarUrl, custom: { Airport_transfer: "on" } }],
        ...{ user: USER, password: PASSWORD },
      };
      const location = await store.newLocation();
      app = await startApp({ config: configFor(settings), location, env: ENV });
    });
    afterEach(async () => {
      await app.stop();
      await proxy.close();
    });

    const erase = (...args: string[]) => command(app, "erase", "--email", MARTA, ...args);

    async function book(): Promise<void> {
      for (const name of ["01_new_verified_reservation", "02_reservation_confirmed"]) {
        await call(app, fixture(name));
      }
      await call(app, fixture("17_user_updated_new"));
      await call(app, `notification_type=reservation_confirmed&email=${encodeURIComponent(MARTA)}`);
      await untilAllIsDone(app);
    }

    async function cards() {
      const context = { ...checkContext(davIntegration.config.parse(settings)) };
      const view = await davTarget.read("", {
        ...context,
        ...{ connection: { id: "bikes", name: "Bikes", language: "en" }, tokens: memoryTokens() },
      });
      return view.contacts.map(({ name }) => name);
    }

    it("nothing of them is left: in no row, no file, no mail, no card, no event of the calendar", async () => {
      await book();
      const isFile = store.name === "sqlite";
      const before = isFile ? tracesIn(app.settings.dataFolder) : await rowsWith(app, TRACES);
      expect(before.length).toBeGreaterThan(TRACES.length - 5);
      expect(await cards()).toEqual(["Marta Núñez d’Olló"]);

      const dry = await erase("--dry-run");
      const { code, out, err } = await erase("--yes");

      expect(dry.out).toContain("Nothing was done");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(out).toContain("1 guest, 1 booking: bikes 9000101");
      expect(out).toMatch(/Erased here: 1 booking, \d events, \d notifications, 1 mail\./);
      expect(out).toContain("book: Erased the contact");
      if (isFile) expect(tracesIn(app.settings.dataFolder)).toEqual([]);
      expect(await rowsWith(app, TRACES)).toEqual([]);
      expect(await cards()).toEqual([]);
      const { body } = await callApi(app, "/bookings/bikes/9000101");
      expect(body).toMatchObject({ reference: "9000101", status: "confirmed" });
      // By which the settings of the target choose its calendar.
      expect(body).toMatchObject({ custom: { Airport_transfer: "on" } });
    });

    it("they can read first what is kept, here and elsewhere", async () => {
      await book();
      const out = join(app.settings.dataFolder, "marta.json");

      const {
        code,
        out: said,
        err,
      } = await command(app, ...["export", "--email", MARTA, "--out", out]);

      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(said).toContain("(1 guest, 1 booking)");
      const { guests } = JSON.parse(readFileSync(out, "utf8")) as { guests: Json[] };
      expect(guests).toMatchObject([
        {
          bookings: [{ reference: "9000101", customer: { email: MARTA } }],
          events: [{ type: "booking.requested" }, { type: "booking.confirmed" }],
          notifications: [{ body: expect.stringContaining("Vindrem") as string }, {}],
          elsewhere: [{ instance: "book", held: { name: "Marta Núñez d’Olló" } }],
        },
      ]);
      expect(statSync(out).mode & 0o777).toBe(0o600);
    });

    it("what the source tells of them later is not kept, and the booking goes on", async () => {
      await book();
      await erase("--yes");

      await call(app, fixture("05_reservation_admin_modified"));
      await call(app, fixture("17_user_updated_new"));
      await call(app, fixture("12_checked_in"));
      await untilAllIsDone(app);

      expect(await rowsWith(app, TRACES)).toEqual([]);
      expect(await cards()).toEqual([]);
      const { body } = await callApi(app, "/bookings/bikes/9000101");
      expect(body).toMatchObject({ status: "checked_in" });
      const again = await erase("--yes");
      expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: "" });
      expect(again.out).toContain("no booking is known, or none any more");
    });

    it("an address that nobody has booked with is said to be none, and how the right one is found", async () => {
      const nobody = ["--email", "nobody@example.com"];

      const dry = await command(app, "erase", ...nobody, "--dry-run");
      const wet = await command(app, "erase", ...nobody, "--yes");
      const exported = await command(app, "export", ...nobody, "--out", "nobody.json");

      expect(dry.out).toContain("Would be looked for: here, book. Nothing was done.");
      expect(wet).toMatchObject({ code: 0, err: "" });
      expect(wet.out).toContain("book: nothing is kept of the guest");
      expect(exported.out).toContain("No file was written.");
      for (const { out } of [dry, wet, exported]) {
        expect(out).toContain("bellhop list bookings --q NAME --json");
      }
    });

    it("a target that is away is named, and the same command reaches it when it is back", async () => {
      await book();
      proxy.breakAt("HTTP/1.1", "before");

      const away = await erase("--yes");
      proxy.heal();
      const back = await erase("--yes");

      expect(away.code).toBe(1);
      expect(away.err).toContain("bellhop: not erased at book:");
      expect(away.err).toContain("the same command tries again");
      expect(await rowsWith(app, TRACES)).toEqual([]);
      expect({ code: back.code, err: back.err }).toEqual({ code: 0, err: "" });
      expect(back.out).toContain("book: Erased the contact");
      expect(await cards()).toEqual([]);
    });

    it.each([
      ...(["mark", "eraseTraces", "eraseOthers", "eraseState"] as const),
      ...(["untilNothingRuns", "forget"] as const),
    ])("broken off at %s, the same command goes on where it was", async (step) => {
      await book();
      const [reason, link] = ["Marta Núñez d’Olló has no phone", "https://example.com/?q=Marta"];
      await app.db.knex("effects").update({ summary: reason, link: `${link}+Núñez+d’Olló` });
      const death = vi.spyOn(Records.prototype, step).mockRejectedValueOnce(new Error("killed"));

      const killed = await erase("--yes");
      const again = await erase("--yes");
      death.mockRestore();

      expect({ code: killed.code, err: killed.err }).toEqual({ code: 1, err: "bellhop: killed\n" });
      expect({ code: again.code, err: again.err }).toEqual({ code: 0, err: "" });
      expect(await rowsWith(app, TRACES)).toEqual([]);
      expect(await cards()).toEqual([]);
    });

    it.each([
      ["erase", "--email", "marta"],
      ["erase"],
      ["export", "--email", "marta", "--out", "x.json"],
      ["export", "--email", MARTA],
    ])("wrong usage is told and does nothing: %s %s %s", async (...args) => {
      const { code, err } = await command(app, ...args);

      expect(code).toBe(2);
      expect(err).toContain("error: ");
    });

    it("a person at a terminal is asked first, and may think better of it", async () => {
      await book();

      const { code, out, asked } = await command(
        { ...app, person: { saysYes: false } },
        ...["erase", "--email", MARTA],
      );

      expect(asked).toEqual(["Erase all of that (here, book)? It cannot be undone."]);
      expect({ code, end: out.trim().split("\n").at(-1) }).toEqual({
        code: 0,
        end: "Nothing was erased.",
      });
      expect(await cards()).toEqual(["Marta Núñez d’Olló"]);
    });
  });
});

type Json = Record<string, unknown>;

const ENV = { MAIL_FROM: "post@example.com" };

function configFor(settings: object): object {
  const site = { siteId: "77001", timeZone: "Europe/Madrid" };
  return {
    mail: { mode: "live" },
    connections: { bikes: { source: "planyo", tokens: [TOKEN], settings: site } },
    integrations: { "voucher-mail": {}, book: { use: "dav", settings } },
  };
}

const TABLES = ["deliveries", "subjects", "events", "jobs", "attempts", "effects", "differences"];

/** Which of the texts any row holds, and where. */
async function rowsWith({ db }: App, traces: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const table of TABLES) {
    const rows = (await db.knex(table).select("*")) as Record<string, unknown>[];
    for (const [column, value] of rows.flatMap((row) => Object.entries(row))) {
      const text = (Buffer.isBuffer(value) ? value.toString("utf8") : String(value)).toLowerCase();
      const own = traces.filter((trace) => text.includes(trace.toLowerCase()));
      found.push(...own.map((trace) => `${table}.${column}: ${trace}`));
    }
  }
  return [...new Set(found)];
}
