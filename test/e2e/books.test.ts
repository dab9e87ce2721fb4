import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { afterEach, describe, expect, it, vi } from "vitest";

import { hasJudges, judge } from "../../integrations/ledger-file/testing/judges.ts";
import { momentOfInstant } from "../../src/sdk/time.ts";
import { type App, callApi, startApp } from "../harness/app.ts";
import { numbersInJournal, owedInJournal, untilPosted } from "../harness/journal.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { smallDisk } from "../harness/small-disk.ts";

const TOKEN = "books-token-0123456789abcdef";
const DAY_MS = 24 * 60 * 60_000;
const ZONE = "Europe/Madrid";

let app: App | undefined;
let disk: string | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await app?.stop();
  if (disk !== undefined) spawnSync("umount", [disk]);
  [app, disk] = [undefined, undefined];
});

function startWith(settings: object): Promise<App> {
  return startApp({
    config: {
      connections: {
        bikes: { source: "planyo", tokens: [TOKEN], settings: { timeZone: ZONE } },
      },
      integrations: { "ledger-file": { settings } },
    },
  });
}

/** A reservation for 240.00 with 100.00 paid, at noon in so many days. */
async function book({ url }: App, reservation: number, days: number): Promise<void> {
  const { date } = momentOfInstant(Date.now() + days * DAY_MS, ZONE);
  const start = Date.parse(`${date}T12:00:00Z`) / 1_000;
  const body = new URLSearchParams({
    ...{ notification_type: "reservation_confirmed", reservation: String(reservation) },
    ...{ resource: "3101", resource_name: "Cabin", calendar: "77001", status: "7" },
    ...{ start: String(start), end: String(start + 3_600), currency: "EUR" },
    ...{ price_quoted: "240.00", amount_paid: "100.00", amount_outstanding: "140.00" },
    ...{ email: "ana@example.com", first_name: "Ana", last_name: "Example" },
  });
  const { status } = await fetch(`${url}/hooks/bikes/${TOKEN}`, { method: "POST", body });
  expect(status).toBe(200);
}

interface HeldJob {
  handler: string;
  subject: string;
  reason: string;
}

async function heldJob(running: App | undefined): Promise<HeldJob> {
  if (!running) throw new Error("not running");
  const { body } = await callApi(running, "/jobs?state=held");
  const [job] = (body as { data: HeldJob[] }).data;
  if (!job) throw new Error("no job is held");
  return job;
}

describe.runIf(hasJudges)("the journal", () => {
  it("has the invoice on the day of the service, though nobody calls", async () => {
    const trueNow = Date.now.bind(Date);
    let passedMs = 0;
    vi.spyOn(Date, "now").mockImplementation(() => trueNow() + passedMs);
    app = await startWith({});
    const folder = join(app.settings.dataFolder, "books");
    await book(app, 1201, 3);
    await book(app, 1202, 30);
    await untilPosted(app.db);
    const before = await owedInJournal(folder);

    passedMs = 3 * DAY_MS;
    await expect
      .poll(() => numbersInJournal(folder), { timeout: 30_000, interval: 300 })
      .toContain("bikes/1201/invoice:1");
    await untilPosted(app.db);

    await judge(folder);
    expect(Object.fromEntries(before)).toEqual({ "bikes/1201": -10_000, "bikes/1202": -10_000 });
    expect(Object.fromEntries(await owedInJournal(folder))).toEqual({
      ...{ "bikes/1201": 14_000, "bikes/1202": -10_000 },
    });
  });

  it("waits where its folder cannot be written, says why, and is complete once it can", async () => {
    const folder = join(temporaryFolder(), "books");
    app = await startWith({ path: folder, policy: "invoice" });
    await book(app, 1201, 3);
    await untilPosted(app.db);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "a file, no folder");
    await book(app, 1202, 3);

    const held = await vi.waitFor(() => heldJob(app), { timeout: 30_000, interval: 100 });
    const { body: status } = await callApi(app, "/status");
    rmSync(folder);
    // It tries again every minute: as if that were over.
    await app.db.knex("pauses").update({ until: 0 });
    await expect
      .poll(() => numbersInJournal(folder).catch(() => []), { timeout: 30_000, interval: 300 })
      .toEqual([
        ...["bikes/1201/invoice:1", "bikes/1201/payment:1"],
        ...["bikes/1202/invoice:1", "bikes/1202/payment:1"],
      ]);

    expect(held).toMatchObject({ handler: "ledger-file/documents", subject: "1202" });
    expect(held.reason).toMatch(/books cannot be written \((EEXIST|ENOTDIR)\): correct path/);
    expect(JSON.stringify(status)).toContain("cannot be written");
  });

  it("is what it was while its disk is full, and has everything once there is room", async (test) => {
    disk = smallDisk();
    if (disk === undefined) return test.skip();
    const [folder, ballast] = [join(disk, "books"), join(disk, "ballast")];
    mkdirSync(folder);
    app = await startWith({ path: folder, policy: "invoice" });
    await book(app, 1201, 3);
    await untilPosted(app.db);
    writeFileSync(ballast, "");
    spawnSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=4k"]);

    await book(app, 1202, 3);
    const { db } = app;
    await vi.waitFor(
      async () => {
        const job: unknown = await db.knex("jobs").where({ subject: "1202" }).first("reason");
        expect(JSON.stringify(job)).toMatch(/disk of .*books is full \(ENOSPC\): make room/);
      },
      { timeout: 30_000, interval: 200 },
    );
    await judge(folder);
    const meanwhile = await numbersInJournal(folder);
    rmSync(ballast);
    await untilPosted(db);

    await judge(folder);
    expect(meanwhile).toEqual(["bikes/1201/invoice:1", "bikes/1201/payment:1"]);
    expect((await numbersInJournal(folder)).length).toBe(4);
  });
});
