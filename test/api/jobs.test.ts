import { afterEach, expect, it } from "vitest";

import type { DatabaseLocation } from "../../src/db/database.ts";
import { type App, callApi, untilSettled } from "../harness/app.ts";
import { onEachStore } from "../harness/stores.ts";
import { notify, reservation, startBikes } from "./bikes.ts";

const HANDLER = "/handlers/voucher-mail/send-voucher";

interface JobElement {
  id: string;
  state: string;
  reason: string | null;
}

async function jobs(app: App): Promise<JobElement[]> {
  return ((await callApi(app, "/jobs")).body as { data: JobElement[] }).data;
}

async function post(app: App, path: string, json: object = {}) {
  const { status, body } = await callApi(app, path, { json });
  return { status, body };
}

onEachStore((store) => {
  const apps: App[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.stop();
  });

  async function shop(location: DatabaseLocation, roles: string): Promise<App> {
    const app = await startBikes({ location, roles });
    apps.push(app);
    return app;
  }

  /** An office whose voucher handler is paused, and a job that stands in line. */
  async function officeWithJob(): Promise<{ office: App; job: string }> {
    const location = await store.newLocation();
    const office = await shop(location, "console");
    await post(office, `${HANDLER}/pause`, { reason: "new template" });
    const rest = await shop(location, "receive,work");
    await notify(rest, reservation("reservation_confirmed", "9000101"));
    await expect.poll(() => jobs(office), { timeout: 10_000 }).toHaveLength(1);
    return { office, job: (await jobs(office))[0]?.id ?? "" };
  }

  it("a paused handler leaves its jobs in line until a person lets it go on", async () => {
    const { office, job } = await officeWithJob();

    const { body } = await callApi(office, "/status");
    const [handler] = (body as { handlers: unknown[] }).handlers;
    const resumed = await post(office, `${HANDLER}/resume`);
    await untilSettled(office);

    expect(handler).toEqual({
      id: "voucher-mail/send-voucher",
      mode: "live",
      paused: { kind: "person", until: null, reason: "new template" },
      ready: 1,
      leased: 0,
      held: 0,
      dead: 0,
    });
    expect(resumed).toMatchObject({ status: 200, body: { paused: null } });
    expect(await jobs(office)).toMatchObject([{ id: job, state: "done" }]);
  });

  it("a job that is skipped is settled without a mail, and can be replayed later", async () => {
    const { office, job } = await officeWithJob();

    const skipped = await post(office, `/jobs/${job}/skip`, { reason: "told by telephone" });
    const twice = await post(office, `/jobs/${job}/skip`);
    const afterSkip = await jobs(office);
    const back = await post(office, `/jobs/${job}/replay`);
    const already = await post(office, `/jobs/${job}/replay`);

    const dry = { kind: "jobs", connection: "bikes", dryRun: true };
    expect(await post(office, "/replays", dry)).toEqual({ status: 200, body: { count: 0 } });
    expect(skipped).toEqual({ status: 200, body: { count: 1 } });
    expect(twice).toMatchObject({ status: 409, body: { title: "Conflict" } });
    expect(afterSkip).toMatchObject([{ state: "skipped", reason: "told by telephone" }]);
    expect(back).toEqual({ status: 200, body: { count: 1 } });
    expect(already).toEqual({ status: 200, body: { count: 0 } });
    expect(await jobs(office)).toMatchObject([{ state: "ready", reason: null }]);
  });

  it("a dry run tells what a job would do, and the job stays as it is", async () => {
    const { office, job } = await officeWithJob();

    const dry = await post(office, `/jobs/${job}/replay`, { dryRun: true });
    const wrong = await post(office, `/jobs/${job}/replay`, { dryRun: "yes" });

    expect(dry).toEqual({
      status: 200,
      body: {
        count: 1,
        wouldDo: ["would mail voucher 1 to the guest"],
        outcome: "would be done",
      },
    });
    expect(wrong).toMatchObject({ status: 400 });
    expect(await jobs(office)).toMatchObject([{ id: job, state: "ready" }]);
    expect((await callApi(office, "/effects")).body).toMatchObject({ data: [] });
  });

  it("a job that is running can neither be skipped nor replayed", async () => {
    const { office, job } = await officeWithJob();
    await office.db.knex("jobs").where({ id: job }).update({ state: "leased" });

    expect(await post(office, `/jobs/${job}/skip`)).toMatchObject({ status: 409 });
    expect(await post(office, `/jobs/${job}/replay`)).toMatchObject({ status: 409 });
    await office.db.knex("jobs").where({ id: job }).update({ state: "ready" });
  });

  it("jobs and handlers that there are not are named as such", async () => {
    const office = await shop(await store.newLocation(), "console");

    for (const path of ["/jobs/none/skip", "/jobs/none/replay", "/handlers/books/post/pause"]) {
      expect(await post(office, path), path).toMatchObject({ status: 404 });
    }
    expect(await post(office, `${HANDLER}/pause`, { why: "?" })).toMatchObject({
      status: 400,
      body: { errors: [{ field: "why", detail: "unknown: known are reason" }] },
    });
  });
});
