import { afterEach, expect, it } from "vitest";

import { confirmedReservation, notify, startBikes } from "../api/bikes.ts";
import { type App, callApi, untilSettled } from "../harness/app.ts";
import { onOneStore } from "../harness/stores.ts";
import { command } from "./command.ts";

async function newestId(app: App, list: string): Promise<string> {
  const { body } = await callApi(app, `/${list}?limit=1`);
  return (body as { data: { id: string }[] }).data[0]?.id ?? "";
}

async function attempts(app: App): Promise<number[]> {
  const { body } = await callApi(app, "/jobs");
  return (body as { data: { attempts: number }[] }).data.map((job) => job.attempts);
}

onOneStore((store) => {
  let app: App | undefined;
  afterEach(() => app?.stop());

  async function shop(): Promise<App> {
    app = await startBikes({ location: await store.newLocation() });
    await confirmedReservation(app);
    return app;
  }

  it("a job is put back in line and a running Bellhop takes it up", async () => {
    const running = await shop();
    const id = await newestId(running, "jobs");

    const { code, out } = await command(running, "replay", "job", id);
    await untilSettled(running);

    expect(code).toBe(0);
    expect(out).toContain(`Job ${id} was done and is back in line`);
    expect(await attempts(running)).toEqual([2]);
  });

  it("a dry run says what a job would do and does nothing", async () => {
    const running = await shop();
    const id = await newestId(running, "jobs");
    await running.db.knex("effects").delete();

    const { code, out } = await command(running, "replay", "job", id, "--dry-run");

    expect(code).toBe(0);
    expect(out).toBe(
      `would mail voucher 1 to the guest\nJob ${id} would be done. Nothing was done.\n`,
    );
    expect(await attempts(running)).toEqual([1]);
  });

  it("a handler is paused, and resumed, by a person", async () => {
    const running = await shop();
    const handler = "voucher-mail/send-voucher";

    const paused = await command(running, "pause", handler, "--reason", "new template");
    const { body } = await callApi(running, "/status");
    const resumed = await command(running, "resume", handler);
    const again = await command(running, "resume", handler);
    const unknown = await command(running, "pause", "books/post");

    expect(paused.code).toBe(0);
    expect(body).toMatchObject({
      handlers: [{ id: handler, paused: { kind: "person", until: null, reason: "new template" } }],
    });
    expect(resumed.out).toContain("takes jobs again");
    expect(again.out).toContain("was not paused");
    expect(unknown).toMatchObject({ code: 1 });
    expect(unknown.err).toContain(`known are ${handler}`);
  });

  it("a delivery is looked at anew", async () => {
    const running = await shop();
    const id = await newestId(running, "deliveries");

    const { code, out } = await command(running, "replay", "delivery", id);
    await untilSettled(running);

    expect(code).toBe(0);
    expect(out).toContain("was done and waits again");
    const { body } = await callApi(running, `/deliveries/${id}`);
    expect(body).toMatchObject({ state: "duplicate" });
  });

  it("many are counted first, and a person is asked", async () => {
    const running = await shop();
    await confirmedReservation(running, "9000102");
    const replay = ["replay", "jobs", "--handler", "voucher-mail/send-voucher"];

    const no = await command({ ...running, person: { saysYes: false } }, ...replay);
    const dry = await command(running, ...replay, "--dry-run");
    const yes = await command({ ...running, person: { saysYes: true } }, ...replay);
    await untilSettled(running);

    expect(no).toMatchObject({
      code: 0,
      asked: ["Replay 2 jobs?"],
      out: "Nothing was replayed.\n",
    });
    expect(dry).toMatchObject({ code: 0, asked: [], out: "2 jobs would be replayed.\n" });
    expect(yes).toMatchObject({ code: 0, asked: ["Replay 2 jobs?"] });
    expect(yes.out).toContain("2 jobs back in line");
    expect(await attempts(running)).toEqual([2, 2]);
  });

  it("where nobody can be asked --yes is needed", async () => {
    const running = await shop();
    await notify(running, "notification_type=reservation_confirmed");
    await untilSettled(running);
    const replay = ["replay", "deliveries", "--state", "failed"];

    const refused = await command(running, ...replay);
    const done = await command(running, ...replay, "--yes");

    expect(refused.code).toBe(2);
    expect(refused.err).toContain("--yes");
    expect(done).toMatchObject({ code: 0, asked: [] });
    expect(done.out).toContain("1 delivery back in line");
  });

  it("what there is not, or no filter at all, is said", async () => {
    const running = await shop();

    const job = await command(running, "replay", "job", "none");
    const delivery = await command(running, "replay", "delivery", "none");
    const all = await command(running, "replay", "jobs", "--yes");
    const nothing = await command(running, "replay", "jobs", "--state", "dead", "--yes");

    expect(job).toMatchObject({ code: 1, err: expect.stringContaining("no job none") as string });
    expect(delivery.err).toContain('"bellhop list deliveries" shows them');
    expect(all).toMatchObject({ code: 2 });
    expect(all.err).toContain("at least one filter");
    expect(nothing).toMatchObject({ code: 0 });
    expect(nothing.out).toContain("Nothing to replay");
  });
});
