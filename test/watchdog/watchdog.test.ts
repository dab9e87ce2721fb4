import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { Database } from "../../src/db/database.ts";
import { InboxStore } from "../../src/inbox/inbox-store.ts";
import { startProcess } from "../harness/bellhop-process.ts";
import { killedLongAgo } from "../harness/killed-long-ago.ts";
import { laySqliteTables } from "../harness/ready-tables.ts";
import { ended, temporaryFolder } from "../harness/servers.ts";
import { onOneStore } from "../harness/stores.ts";
import { HANDLER, installBadPlugIn, reservation, startWork, TOKEN } from "./bad-plug-in.ts";

const GUILTY = 666;

/** One booking loops without end, the others take a moment, so that some are caught in it. */
const LOOP = `if (booking === ${GUILTY}) for (;;) Math.sqrt(booking);
      await new Promise((resolve) => setTimeout(resolve, 300));`;

/** The usual ten seconds once; after that there is nothing to gain from waiting. */
const limitMs = (store: string, life: number) =>
  store === "sqlite" && life === 0 ? undefined : 2_500;

interface Answer {
  status: number;
  ms: number;
}

/** Sends reservations until it is told to stop. */
async function callOften(url: string, isOver: () => boolean): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let number = 1; ; number += 1) {
    if (isOver()) return answers;
    const booking = number === 5 ? GUILTY : 1000 + number;
    const startedAt = performance.now();
    const call = { method: "POST", body: reservation(booking) };
    const { status } = await fetch(`${url}/hooks/bikes/${TOKEN}`, call);
    answers.push({ status, ms: performance.now() - startedAt });
    await sleep(200);
  }
}

async function jobsOf(db: Database): Promise<{ id: string; subject: string; state: string }[]> {
  return db.knex("jobs").select("id", "subject", "state", "reason");
}

async function untilOnlyTheDeadIsLeft(db: Database): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const waiting = await db.knex("deliveries").where({ state: "waiting" });
    const jobs = await jobsOf(db);
    if (waiting.length === 0 && jobs.every(({ state }) => /^(done|dead)$/.test(state))) return;
    await sleep(200);
  }
}

onOneStore((store) => {
  it(
    "a handler that loops without end is named and ends its process; after three times its job is dead, the others are done, and receiving has not noticed",
    { timeout: 240_000 },
    async () => {
      const location = await store.newLocation();
      const installation = installBadPlugIn(location, LOOP);
      const receiver = await startProcess(installation.cwd, installation.env, [
        "start",
        "--role",
        "receive",
      ]);
      const db = await Database.open(location);
      let isOver = false;
      const calls = callOften(receiver.url, () => isOver);
      const ends: (NodeJS.Signals | number | null)[] = [];
      let said = "";

      const start = () => startWork(installation, limitMs(store.name, ends.length));
      let work = start();
      for (;;) {
        const isDead = async () => {
          while ((await db.knex("jobs").where({ state: "dead" })).length === 0) await sleep(200);
          return "dead" as const;
        };
        const end = await Promise.race([work.end, isDead()]);
        if (end === "dead") break;
        await killedLongAgo(db);
        ends.push(end);
        said += work.said;
        if (ends.length > 5) break;
        work = start();
      }
      isOver = true;
      const answers = await calls;
      await untilOnlyTheDeadIsLeft(db);
      const jobs = await jobsOf(db);
      await db.close();
      work.child.kill("SIGTERM");
      const stopped = [await work.end, await receiver.stop()];

      const guilty = jobs.find(({ subject }) => subject === String(GUILTY));
      const others = jobs.filter((job) => job !== guilty);
      const words = `handler ${HANDLER} of job ${guilty?.id ?? ""} loops without end at `;
      expect(guilty).toMatchObject({
        state: "dead",
        reason: "did not come back, and ended the process 3 times",
      });
      expect(ends).toEqual(["SIGKILL", "SIGKILL", "SIGKILL"]);
      expect(said.split(words)).toHaveLength(4);
      expect(said).toMatch(/plug-ins\/bad\/index\.mjs:14: ending the process/);
      expect(new Set(others.map(({ state }) => state))).toEqual(new Set(["done"]));
      expect(others).toHaveLength(answers.length - 1);
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(5_000);
      expect(stopped).toEqual([0, 0]);
    },
  );
});

describe("with a short limit", { timeout: 60_000 }, () => {
  const LIMIT_MS = 1_500;

  /** A store in which one reservation waits to be understood. */
  async function waitingStore() {
    const location = { sqliteFile: `${temporaryFolder()}/bellhop.sqlite` };
    await laySqliteTables(location.sqliteFile);
    const db = await Database.open(location);
    const body = Buffer.from(reservation(GUILTY));
    const rawHeaders = ["content-type", "application/x-www-form-urlencoded"];
    const facts = { id: "d1", connection: "bikes", method: "POST", query: "" };
    await new InboxStore(db).append([{ ...facts, receivedAt: Date.now(), rawHeaders, body }]);
    return { location, db };
  }

  it("a handler that sits in a call that never comes back is named by the list of running jobs", async () => {
    const { location, db } = await waitingStore();
    const work = startWork(installBadPlugIn(location, 'execSync("sleep 12");'), LIMIT_MS);

    const end = await work.end;
    const lanes: unknown = await db.knex("lanes").select("hangs");
    await db.close();

    expect(end).toBe("SIGKILL");
    expect(work.said).toMatch(/handler bad\/act of job \S+ loops without end: ending the process/);
    expect(lanes).toEqual([{ hangs: 1 }]);
  });

  it("a process that was stopped for a while and goes on is left alone", async () => {
    const { location, db } = await waitingStore();
    const work = startWork(installBadPlugIn(location, ""), LIMIT_MS);
    await expect
      .poll(async () => db.knex("jobs").where({ state: "done" }).select("state"), {
        timeout: 30_000,
      })
      .toHaveLength(1);

    work.child.kill("SIGSTOP");
    await sleep(3 * LIMIT_MS);
    work.child.kill("SIGCONT");
    await sleep(LIMIT_MS);
    await ended(work.child, "SIGTERM");
    await db.close();

    expect(await work.end).toBe(0);
    expect(work.said).toBe("");
  });
});
