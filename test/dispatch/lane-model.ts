import fc from "fast-check";
import { expect } from "vitest";

import { CounterStore } from "../../src/db/counter-store.ts";
import type { Database } from "../../src/db/database.ts";
import { type JobState, NEVER, UNSETTLED } from "../../src/dispatch/job-store.ts";
import type { LeasedJob } from "../../src/dispatch/lane-store.ts";
import type { JobOutcome } from "../../src/dispatch/outcome.ts";
import type { RunJob } from "../../src/dispatch/settle-store.ts";
import { eventOf, openWorkshop, type Workshop } from "../harness/workshop.ts";

const HANDLER = "shop/handler1";
const SCOPES = ["1201", "1202", "1203"];

interface JobRow {
  position: number;
  id: string;
  scope: string;
  state: JobState;
  attempts: number;
}

interface LaneRow {
  id: number;
  scope: string;
  token: string | null;
  due_at: number;
  waiting: number;
}

/** What must be true of the store: who may settle which lane, and how many jobs there are. */
interface Model {
  told: number;
  attempts: number;
  /** Every lease that was ever given and not used, late ones too. */
  leases: LeasedJob[];
  /** The token of the last lease of a lane; gone once it is settled. */
  holders: Map<number, string>;
}

interface Real {
  db: Database;
  shop: Workshop;
  onlyLatest: boolean;
}

type Command = fc.AsyncCommand<Model, Real>;

/** Wraps what a command does with what must hold after each. */
function command(name: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    run: async (model, real) => {
      await run(model, real);
      await expectSound(model, real);
    },
    toString: () => name,
  };
}

const tell = fc.constantFrom(...SCOPES).map((scope) =>
  command(`tell ${scope}`, async (model, { shop }) => {
    await shop.tell(eventOf(scope));
    model.told += 1;
  }),
);

const lease = fc.integer({ min: 1, max: 3 }).map((limit) =>
  command(`lease ${limit}`, async (model, { db, shop, onlyLatest }) => {
    const before = await jobsOf(db);

    const leased = await shop.lanes.lease(HANDLER, limit, onlyLatest);

    for (const job of leased) {
      const lane = unsettled(before).filter(({ scope }) => scope === job.scope);
      const turn = onlyLatest ? lane.at(-1) : lane[0];
      expect(job.id, "the job whose turn it is").toBe(turn?.id);
      expect([lane[0], turn].some(isBlocking), "a blocked lane is leased").toBe(false);
      model.holders.set(job.laneId, job.token);
    }
    expect(new Set(leased.map(({ laneId }) => laneId)).size).toBe(leased.length);
    model.leases.push(...leased);
    await forgetClosed(model, db);
  }),
);

/** A lane found blocked or empty after its lease ran out is nobody's. */
async function forgetClosed({ holders }: Model, db: Database): Promise<void> {
  const closed: { id: number }[] = await db.knex("lanes").whereNull("token").select("id");
  for (const { id } of closed) holders.delete(id);
}

/** As if 10 s had passed: whoever has a lease is late, without knowing. */
const leasesRunOut = fc.constant(
  command("leases run out", async (_, { db }) => {
    await db.knex("lanes").whereNotNull("token").update({ due_at: 0 });
  }),
);

const renew = fc.nat().map((choice) =>
  command(`renew ${choice}`, async (model, { shop }) => {
    const mine = model.leases[choice % model.leases.length];
    if (!mine) return;

    const kept = await shop.lanes.renew([mine]);

    expect(kept.has(mine.laneId)).toBe(model.holders.get(mine.laneId) === mine.token);
  }),
);

const outcome = fc.constantFrom<JobOutcome>(
  { state: "done", reason: "ok" },
  { state: "done", reason: "ok" },
  { state: "skipped", reason: "nothing to do" },
  { state: "ready", reason: "busy", delayMs: 0 },
  { state: "held", reason: "refused" },
  { state: "dead", reason: "422" },
);

const settle = fc.array(fc.tuple(fc.nat(), outcome), { minLength: 1, maxLength: 3 }).map((ends) =>
  command(`settle ${ends.map(([, { state }]) => state).join()}`, async (model, real) => {
    const run: RunJob[] = [];
    for (const [choice, end] of ends) {
      const [job] = model.leases.splice(choice % model.leases.length, 1);
      const isTwice = run.some((other) => other.job.laneId === job?.laneId);
      if (job && !isTwice) run.push(runOf(job, end, real));
    }
    const before = await jobsOf(real.db);

    const lost = await real.shop.settle.settle(run);

    const late = run.filter(({ job }) => model.holders.get(job.laneId) !== job.token);
    expect(lost.map(({ job }) => job.id)).toEqual(late.map(({ job }) => job.id));
    const after = await jobsOf(real.db);
    const written = run.filter((one) => !late.includes(one));
    const changed = after.filter((job, index) => job.state !== before[index]?.state);
    const scopes = new Set(written.map(({ job }) => job.scope));
    expect(
      changed.filter(({ scope }) => !scopes.has(scope)),
      "late ones write nothing",
    ).toEqual([]);
    for (const { job } of written) model.holders.delete(job.laneId);
    model.attempts += written.length;
  }),
);

const skip = fc.nat().map((choice) =>
  command(`skip ${choice}`, async (_, { db, shop }) => {
    const job = await pick(db, choice);
    if (!job) return;

    const isSkipped = await shop.jobs.skip(job.id, "by hand");

    expect(isSkipped).toBe(["ready", "held", "dead"].includes(job.state));
  }),
);

const replay = fc.nat().map((choice) =>
  command(`replay ${choice}`, async (_, { db, shop }) => {
    const job = await pick(db, choice);
    if (!job) return;

    const isBack = await shop.jobs.replay(job.id);

    expect(isBack).toBe(job.state !== "leased");
  }),
);

const release = fc.constantFrom("all" as const, "oldest" as const).map((which) =>
  command(`release held: ${which}`, async (_, { shop }) => {
    await shop.jobs.releaseHeld(HANDLER, which);
  }),
);

/** What processes and people do to lanes, late ones among them. */
export const laneCommands = fc.commands(
  [tell, tell, lease, lease, settle, settle, leasesRunOut, renew, skip, replay, release],
  { maxCommands: 40, size: "max" },
);

/** Plays commands on an emptied store, then lets everything come to its end. */
export async function playLanes(
  db: Database,
  onlyLatest: boolean,
  commands: Iterable<Command>,
): Promise<void> {
  for (const table of ["jobs", "lanes", "attempts", "events", "counters"])
    await db.knex(table).del();
  const shop = openWorkshop(db, onlyLatest ? { only: "latest" } : {});
  const model: Model = { told: 0, attempts: 0, leases: [], holders: new Map() };
  const real: Real = { db, shop, onlyLatest };
  await fc.asyncModelRun(() => ({ model, real }), commands);
  await comeToAnEnd(model, real);
}

async function comeToAnEnd(model: Model, real: Real): Promise<void> {
  const { db, shop, onlyLatest } = real;
  await db.knex("lanes").whereNotNull("token").update({ due_at: 0 });
  for (let round = 0; ; round += 1) {
    for (const { id, state } of await jobsOf(db)) {
      if (state === "held" || state === "dead") await shop.jobs.replay(id);
    }
    const leased = await shop.lanes.lease(HANDLER, 10, onlyLatest);
    if (leased.length === 0) break;
    expect(round, "every lease moves something on").toBeLessThan(model.told * 2 + 2);
    const done: JobOutcome = { state: "done", reason: "ok" };
    expect(await shop.settle.settle(leased.map((job) => runOf(job, done, real)))).toEqual([]);
    model.attempts += leased.length;
  }
  model.holders.clear();
  expect(unsettled(await jobsOf(db)), "no job is left behind").toEqual([]);
  await expectSound(model, real);
}

async function expectSound(model: Model, { db, onlyLatest }: Real): Promise<void> {
  const jobs = await jobsOf(db);
  const lanes: LaneRow[] = await db
    .knex("lanes")
    .select("id", "scope", "token", "due_at", "waiting");
  const totals = await new CounterStore(db).totals();

  expect(jobs.length, "no job is lost").toBe(model.told);
  for (const state of ["done", "skipped", "superseded"] as const) {
    const count = jobs.filter((job) => job.state === state).length;
    expect(totals.get(`jobs.${state}`) ?? 0, `counter of ${state}`).toBe(count);
  }
  for (const lane of lanes) expectSoundLane(lane, unsettled(jobs), model, onlyLatest);
  const attempts: unknown = await db.knex("attempts").count({ n: "*" }).first();
  expect((attempts as { n: number }).n, "an attempt per settled lease").toBe(model.attempts);
}

function expectSoundLane(
  { id, scope, token, due_at, waiting }: LaneRow,
  open: readonly JobRow[],
  { holders }: Model,
  onlyLatest: boolean,
): void {
  const mine = open.filter((job) => job.scope === scope);
  // Where the latest speaks for all, it blocks for all.
  const isBlocked = onlyLatest ? mine.some(isBlocking) : isBlocking(mine[0]);
  expect(waiting, `waiting jobs of ${scope}`).toBe(mine.length);
  expect(token, `who has ${scope}`).toBe(holders.get(id) ?? null);
  if (token !== null || (mine.length > 0 && !isBlocked)) {
    expect(due_at, `${scope} has its turn some time`).toBeLessThan(NEVER);
  }
}

function isBlocking(job: JobRow | undefined): boolean {
  return job?.state === "held" || job?.state === "dead";
}

function runOf(job: LeasedJob, outcome: JobOutcome, { onlyLatest }: Real): RunJob {
  const moment = { startedAt: 1, finishedAt: 2 };
  return { job, handler: HANDLER, outcome, ...moment, supersedesOlder: onlyLatest };
}

function unsettled(jobs: readonly JobRow[]): JobRow[] {
  return jobs.filter(({ state }) => UNSETTLED.includes(state));
}

async function pick(db: Database, choice: number): Promise<JobRow | undefined> {
  const jobs = await jobsOf(db);
  return jobs[choice % jobs.length];
}

async function jobsOf(db: Database): Promise<JobRow[]> {
  const rows: unknown = await db
    .knex("jobs")
    .orderBy("position")
    .select("position", "id", "scope", "state", "attempts");
  return rows as JobRow[];
}
