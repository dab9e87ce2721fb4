import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { Database } from "../../src/db/database.ts";
import { startApp } from "../harness/app.ts";
import { startProcess } from "../harness/bellhop-process.ts";
import { breakingProxy } from "../harness/breaking-proxy.ts";
import { failingDisk } from "../harness/failing-disk.ts";
import { newReadyDatabase } from "../harness/ready-tables.ts";
import { type DatabaseServer, hasProgram, temporaryFolder } from "../harness/servers.ts";
import { useMariaDb } from "../harness/shared-mariadb.ts";

const TOKEN = "faulty-token-0123456789abcdef";
const CALLS = 10;

let number = 0;

interface Answer {
  number: number;
  status: number;
  retryAfter: string | null;
}

/** Calls at once, numbered; what was answered to each. */
async function callsTo(url: string): Promise<Answer[]> {
  return Promise.all(
    Array.from({ length: CALLS }, async () => {
      const mine = (number += 1);
      const init = { method: "POST", body: `note=call-${mine}.` };
      const { status, headers } = await fetch(`${url}/hooks/bikes/${TOKEN}`, init);
      return { number: mine, status, retryAfter: headers.get("retry-after") };
    }),
  );
}

const statusesOf = (answers: readonly Answer[]) => [
  ...new Set(answers.map(({ status }) => status)),
];

const stored = (answers: readonly Answer[]) => answers.filter(({ status }) => status === 200);

async function numbersIn({ knex }: Database): Promise<number[]> {
  const rows: { body: Buffer }[] = await knex("deliveries").select("body");
  return rows.map(({ body }) => Number(/call-(\d+)\./.exec(body.toString())?.[1]));
}

describe.runIf(hasProgram("cc"))("a disk that fails under a running Bellhop", () => {
  it.each(["fsync", "write"] as const)(
    "at %s is answered 503, heals without a restart, and every 200 outlives a kill",
    { timeout: 240_000 },
    async (fault) => {
      const cwd = temporaryFolder();
      const disk = failingDisk(cwd);
      const data = join(cwd, "data");
      writeFileSync(
        join(cwd, "bellhop.yaml"),
        `connections: { bikes: { source: planyo, tokens: ["${TOKEN}"] } }\n`,
      );
      const env = { ...disk.env, BELLHOP_DATA: data, LOG_LEVEL: "silent" };
      const bellhop = await startProcess(cwd, env);
      const answers = await callsTo(bellhop.url);
      expect(statusesOf(answers)).toEqual([200]);

      for (let round = 0; round < 3; round += 1) {
        disk.fail(fault);
        const failing = [...(await callsTo(bellhop.url)), ...(await callsTo(bellhop.url))];
        expect(statusesOf(failing)).toEqual([503]);
        expect(failing.every(({ retryAfter }) => retryAfter !== null)).toBe(true);

        disk.mend();
        const mended = await callsTo(bellhop.url);
        expect(statusesOf(mended)).toEqual([200]);
        answers.push(...mended);
      }
      await bellhop.kill();

      const db = await Database.open({ sqliteFile: join(data, "bellhop.sqlite") });
      const kept = await numbersIn(db);
      await db.close();
      expect(kept).toEqual(expect.arrayContaining(answers.map((answer) => answer.number)));
      expect(new Set(kept).size).toBe(kept.length);
    },
  );
});

describe.runIf(hasProgram("mariadbd"))("a connection to the database that breaks", () => {
  let server: DatabaseServer;
  beforeAll(async () => {
    server = await useMariaDb();
  });
  afterAll(() => server.stop());

  it.each(["before", "after"] as const)(
    "%s the insert is done leaves no 200 without its row, and no row twice",
    { timeout: 240_000 },
    async (when) => {
      const url = await newReadyDatabase(server);
      const { port } = new URL(url);
      const proxy = await breakingProxy(Number(port));
      const app = await startApp({
        config: { connections: { bikes: { source: "planyo", tokens: [TOKEN] } } },
        location: { mysqlUrl: url.replace(port, String(proxy.port)) },
      });
      const db = await Database.open({ mysqlUrl: url });
      try {
        const answers = await callsTo(app.url);
        expect(statusesOf(answers)).toEqual([200]);

        proxy.breakAt("insert into `deliveries`", when);
        const broken = await callsTo(app.url);
        expect(proxy.broken).toBeGreaterThan(0);
        for (const { status, retryAfter } of broken) {
          // 200 only where a spool has taken it over.
          expect([200, 503]).toContain(status);
          expect(status === 503 && retryAfter === null).toBe(false);
        }

        proxy.heal();
        await vi.waitFor(
          async () => {
            const healed = await callsTo(app.url);
            answers.push(...stored(healed));
            expect(statusesOf(healed)).toEqual([200]);
          },
          { timeout: 20_000, interval: 200 },
        );
        const promised = [...answers, ...stored(broken)].map((answer) => answer.number);
        await vi.waitFor(
          async () => {
            expect(await numbersIn(db)).toEqual(expect.arrayContaining(promised));
          },
          { timeout: 20_000, interval: 200 },
        );
        const kept = await numbersIn(db);
        expect(new Set(kept).size).toBe(kept.length);
      } finally {
        await db.close();
        await app.stop();
        await proxy.close();
      }
    },
  );
});
