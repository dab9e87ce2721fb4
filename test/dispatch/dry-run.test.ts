import { expect, it } from "vitest";

import { RetryableError } from "../../src/sdk/errors.ts";
import type { Handler } from "../../src/sdk/integration.ts";
import { onEachStore } from "../harness/stores.ts";
import { eventOf, openWorkshop, type Workshop } from "../harness/workshop.ts";

type Handle = Handler<unknown>["handle"];

async function firstJob(shop: Workshop) {
  const [job] = await shop.jobList();
  if (!job) throw new Error("no job");
  return job;
}

onEachStore((store) => {
  async function shopThat(handle: Handle) {
    const db = await store.open();
    const shop = openWorkshop(db, { handle: handle as never });
    await shop.tell(eventOf("1201"));
    return { db, shop };
  }

  it("a dry run says what would be done, does nothing and leaves no trace", async () => {
    let performed = 0;
    const perform = () => Promise.resolve({ externalId: String((performed += 1)) });
    const { db, shop } = await shopThat(async (_, { effect }) => {
      await effect("invoice:1", { plan: "post invoice 1 of 240.00 EUR", perform });
      await effect("payment:1", { perform });
      return { done: "posted" };
    });

    const dry = await shop.dryRuns.job(await firstJob(shop));

    expect(dry).toEqual({
      wouldDo: ["would post invoice 1 of 240.00 EUR", "would do payment:1"],
      outcome: "would be done",
    });
    expect(performed).toBe(0);
    expect(await shop.states()).toEqual(["ready"]);
    expect(await db.knex("effects").select("id")).toEqual([]);
    expect(await db.knex("attempts").select("job_id")).toEqual([]);
  });

  it("what was done before is not said to be done again", async () => {
    const { shop } = await shopThat(async (_, { effect }) => {
      const { externalId = "?" } = await effect("invoice:1", {
        perform: () => Promise.resolve({ externalId: "INV-1" }),
      });
      return { done: externalId };
    });
    await shop.runUntilIdle();

    const dry = await shop.dryRuns.job(await firstJob(shop));

    expect(dry).toEqual({ wouldDo: [], outcome: "would be done" });
  });

  it("a mail and a call outside the ledger stay here too", async () => {
    const { shop } = await shopThat(async (_, { mail, http }) => {
      await mail.send({ to: "ana@example.com", subject: "Hello", text: "Hello" }, "key");
      await http.send({ method: "POST", url: "http://127.0.0.1:9/invoices?key=secret" });
      return { done: "ok" };
    });

    const dry = await shop.dryRuns.job(await firstJob(shop));

    expect(dry).toEqual({
      wouldDo: ["would mail a guest", "would call POST 127.0.0.1:9"],
      outcome: "would fail: a dry run calls nobody",
    });
  });

  it("a job that would be skipped or would fail is told as such", async () => {
    const { shop } = await shopThat(() => Promise.resolve({ skipped: "free booking" }));
    const { shop: broken } = await shopThat(() => Promise.reject(new RetryableError("no price")));

    const skipped = await shop.dryRuns.job(await firstJob(shop));
    const failed = await broken.dryRuns.job(await firstJob(broken));

    expect(skipped).toEqual({ wouldDo: [], outcome: "would skip: free booking" });
    expect(failed).toEqual({ wouldDo: [], outcome: "would fail: no price" });
  });

  it("an event to come is tried at its own time, with the ledger of its scope, and not kept", async () => {
    const ledgers: number[] = [];
    const { db, shop } = await shopThat(async (_, { effect, ledger, clock }) => {
      ledgers.push(ledger.length);
      await effect("invoice:1", { perform: () => Promise.resolve({ externalId: "INV-1" }) });
      return { skipped: new Date(clock.now()).toISOString() };
    });
    await shop.runUntilIdle();
    const event = { ...eventOf("1201"), time: "2040-03-14T08:00:00.000Z" };
    const [wanted] = shop.handlers.jobsFor(event);
    if (!wanted) throw new Error("nobody hears of it");

    const dry = await shop.dryRuns.event(wanted, event);

    expect(dry).toEqual({ wouldDo: [], outcome: `would skip: ${event.time}` });
    expect(ledgers).toEqual([0, 1]);
    expect(await db.knex("events").where({ id: event.id })).toEqual([]);
    expect(await shop.states()).toHaveLength(1);
  });
});
