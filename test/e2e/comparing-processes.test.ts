import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";

import { Database } from "../../src/db/database.ts";
import { ComparisonStore } from "../../src/reconcile/comparison-store.ts";
import type { SimulatedSystem } from "../../src/sdk/simulator.ts";
import { serveSystems, type SystemServer } from "../../src/simulate/system-server.ts";
import { simulator } from "../../integrations/tourcms/simulator/simulator.ts";
import { type BellhopProcess, startProcess } from "../harness/bellhop-process.ts";
import { knownBookings, truthsOf } from "../harness/known-bookings.ts";
import { newReadyDatabase } from "../harness/ready-tables.ts";
import { type DatabaseServer, hasProgram, temporaryFolder } from "../harness/servers.ts";
import { useMariaDb } from "../harness/shared-mariadb.ts";

const BOOKINGS = 600;
const NAMES = ["first", "second", "third"] as const;
const DAY_MS = 86_400_000;
const START_QUIET_MS = 2_000;
const NO_LIMIT = 1_000_000_000;

/** A question to the source: which process asked it, and when. */
interface Question {
  by: string;
  at: number;
}

describe.runIf(hasProgram("mariadbd"))("several processes on one MariaDB", () => {
  let mariadb: DatabaseServer;
  let db: Database;
  let apis: SystemServer;
  const running: BellhopProcess[] = [];
  beforeAll(async () => {
    mariadb = await useMariaDb();
  });
  afterAll(() => mariadb.stop());
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
    await apis.close();
    await db.close();
  });

  it("compare one at a time; when the one is killed another goes on within 15 s", async () => {
    const url = await newReadyDatabase(mariadb);
    const system = simulator.create({ seed: 5, now: Date.now(), hourlyLimit: NO_LIMIT });
    system.populate?.(BOOKINGS);
    const questions: Question[] = [];
    apis = await serveSystems(NAMES.map((name) => askedBy(name, system, questions)));
    const processes = new Map<string, BellhopProcess>();
    for (const [index, name] of NAMES.entries()) {
      const one = await startWorker(name, url, apis.urls[index] ?? "");
      processes.set(name, one);
      running.push(one);
    }
    db = await Database.open({ mysqlUrl: url });
    await untilAllHaveTriedTheirKey(questions);
    questions.length = 0;
    const { id } = await new ComparisonStore(db).ask("fjord", "import", everything());

    await expect.poll(() => questions.length, { timeout: 30_000 }).toBeGreaterThan(100);
    const owner = questions.at(-1)?.by ?? "";
    await processes.get(owner)?.kill();
    const killedAt = Date.now();
    const stateOf = async () => (await new ComparisonStore(db).find(id))?.state;
    await expect.poll(stateOf, { timeout: 90_000, interval: 200 }).toBe("done");

    const after = questions.filter(({ by }) => by !== owner);
    expect((after[0]?.at ?? Infinity) - killedAt).toBeLessThan(15_000);
    expect(new Set(after.map(({ by }) => by)).size).toBe(1);
    expect(questions.slice(questions.findIndex(({ by }) => by !== owner))).toEqual(after);
    expect(await knownBookings(db, "fjord")).toEqual(truthsOf(system));
  }, 180_000);
});

/** Each process asks at an address of its own, so that it can be told who asks. */
function askedBy(by: string, system: SimulatedSystem, questions: Question[]) {
  return {
    apiBaseUrl: `http://127.0.0.1:0/${by}`,
    system: {
      answer: (request: Parameters<SimulatedSystem["answer"]>[0]) => {
        questions.push({ by, at: Date.now() });
        return system.answer(request);
      },
    },
  };
}

async function untilAllHaveTriedTheirKey(questions: readonly Question[]): Promise<void> {
  const isQuiet = () => Date.now() - (questions.at(-1)?.at ?? 0) > START_QUIET_MS;
  await expect
    .poll(() => new Set(questions.map(({ by }) => by)).size, { timeout: 30_000 })
    .toBe(NAMES.length);
  await expect.poll(isQuiet, { timeout: 30_000 }).toBe(true);
}

async function startWorker(name: string, url: string, apiBaseUrl: string) {
  const folder = join(temporaryFolder(), name);
  mkdirSync(folder);
  const settings = { ...simulator.settings(apiBaseUrl), hourlyLimit: NO_LIMIT };
  const config = {
    reconcile: { everyMinutes: 0, importDays: 0 },
    connections: {
      fjord: { source: "tourcms", tokens: ["takeover-token-0123456789"], settings },
    },
  };
  writeFileSync(join(folder, "bellhop.yaml"), stringify(config));
  return startProcess(folder, { DATABASE_URL: url }, ["start", "--role", "work"]);
}

function everything() {
  const dayAt = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  return { days: { from: dayAt(-100), to: dayAt(500) } };
}
