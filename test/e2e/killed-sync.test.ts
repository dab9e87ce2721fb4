import { spawn, type ChildProcess } from "node:child_process";

import { afterEach, beforeEach, expect, it } from "vitest";

import { installSheet, type SheetInstallation } from "../harness/sheet-installation.ts";
import { Database } from "../../src/db/database.ts";
import { vendorServer, type VendorServer } from "../../src/sdk/testing.ts";
import { startProcess } from "../harness/bellhop-process.ts";
import { killedLongAgo } from "../harness/killed-long-ago.ts";
import { Sheet } from "../harness/mirror-plug-in.ts";
import { ended } from "../harness/servers.ts";
import { onOneStore } from "../harness/stores.ts";
import { addToldBookings } from "../harness/told-bookings.ts";

/** More than are in line at once, so that the mark is in the middle when it is killed. */
const BOOKINGS = 350;
const REFERENCES = Array.from({ length: BOOKINGS }, (_, index) => `R-${index + 1}`);
const SYNC = ["sync", "sheet", "--since", "2026-01-01"] as const;

interface Running {
  child: ChildProcess;
  /** What it has said on stderr. */
  said: () => string;
}

function startSync({ folder, env }: SheetInstallation): Running {
  const child = spawn(process.execPath, [`${process.cwd()}/bin/bellhop.js`, ...SYNC], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
  return { child, said: () => text };
}

onOneStore((store) => {
  let target: VendorServer;
  let sheet: Sheet;
  let place: SheetInstallation;
  let db: Database;
  beforeEach(async () => {
    sheet = new Sheet();
    target = await vendorServer((request) => sheet.answer(request));
    const location = await store.newLocation();
    place = installSheet(location, target.url);
    db = await Database.open(location);
    const booking = { version: 1, events: ["booking.confirmed"] as const };
    await addToldBookings(
      db,
      "bikes",
      REFERENCES.map((reference) => ({ ...booking, reference })),
    );
  });
  afterEach(async () => {
    await db.close();
    await target.close();
  });

  const untilWritten = (count: number) =>
    expect
      .poll(() => sheet.writes.size, { timeout: 90_000, interval: 20 })
      .toBeGreaterThanOrEqual(count);

  function expectAllOnce(): void {
    expect([...sheet.writes.keys()].toSorted()).toEqual(
      REFERENCES.map((reference) => `${reference} v1`).toSorted(),
    );
    expect({ twice: sheet.twice, mails: sheet.mails }).toEqual({ twice: [], mails: 0 });
  }

  it(
    "killed twice in the middle, the same command goes on: every booking is there, once",
    { timeout: 240_000 },
    async () => {
      for (const written of [30, 90]) {
        const { child } = startSync(place);
        await untilWritten(written);
        await ended(child, "SIGKILL");
        await killedLongAgo(db);
      }

      const last = startSync(place);
      await new Promise((resolve) => last.child.once("close", resolve));

      expect(last.child.exitCode).toBe(0);
      expectAllOnce();
      const rows: unknown = await db.knex("replays").select("kind", "state", "moved");
      expect(rows).toEqual([{ kind: "sync", state: "done", moved: BOOKINGS }]);
    },
  );

  it(
    "stopped by a person it says how to go on, and a Bellhop that is started goes on by itself",
    { timeout: 240_000 },
    async () => {
      const { child, said } = startSync(place);
      await untilWritten(30);
      await ended(child, "SIGINT");
      const before = sheet.writes.size;

      const bellhop = await startProcess(place.folder, place.env);
      await untilWritten(BOOKINGS);
      await bellhop.stop();

      expect(child.exitCode).toBe(1);
      expect(said()).toContain("stopped. The same command goes on where this one was");
      expect(before).toBeLessThan(BOOKINGS);
      expectAllOnce();
    },
  );
});
