import { expect, it, vi } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { GuestMailBrake } from "../../src/dispatch/guest-mail-brake.ts";
import { PauseStore } from "../../src/dispatch/pause-store.ts";
import type { Mail, MailReceipt } from "../../src/sdk/context.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { onEachStore } from "../harness/stores.ts";
import { eventOf, openWorkshop } from "../harness/workshop.ts";

const HANDLER = "shop/handler1";
const message = { to: "ana@example.com", subject: "Your voucher", text: "Here it is" };

/** A mail server that counts. */
function postOffice(parts: Partial<MailReceipt> = {}, isRehearsal = false) {
  const sent: string[] = [];
  const deliver = (key: string): Promise<MailReceipt> => {
    sent.push(key);
    const progress = "handed over";
    return Promise.resolve({ externalId: key, progress, audience: "guest", ...parts });
  };
  const mail: Mail = {
    isRehearsal,
    office: "office@example.com",
    send: (_, key) => deliver(key),
    sendToOffice: (_, key) => deliver(key),
    find: () => Promise.resolve("unknown"),
  };
  return { mail, sent };
}

/** As another process of the installation has it. */
function brakeOf(db: Database, perHour: number) {
  return new GuestMailBrake({ db, pauses: new PauseStore(db), log: memoryLog(), perHour });
}

/** The busiest hour of the last days had so many mails. */
async function usual(db: Database, value: number): Promise<void> {
  const hour = Math.floor(Date.now() / 3_600_000) - 48;
  await db.knex("hourly_counts").insert({ name: "guest-mails", hour, shard: 1, value });
}

async function sendMany(mail: Mail, count: number): Promise<string | undefined> {
  for (let index = 0; index < count; index += 1) {
    try {
      await mail.send(message, `mail-${index}`);
    } catch (error) {
      return (error as Error).message;
    }
  }
  return undefined;
}

vi.setConfig({ testTimeout: 60_000 });

onEachStore((store) => {
  it("more than three times the usual number of guest mails in an hour is not sent, and asks", async () => {
    const db = await store.open();
    await usual(db, 3);
    const { mail, sent } = postOffice();

    const refused = await sendMany(brakeOf(db, 1).guard(mail, HANDLER), 20);

    expect(sent).toHaveLength(9);
    expect(refused).toContain("9 mails to guests within this hour");
    expect(await new PauseStore(db).all()).toMatchObject([
      { handler: HANDLER, kind: "brake", reason: expect.stringContaining("had 3") as string },
    ]);
  });

  it("up to the number of the settings nothing is unusual", async () => {
    const db = await store.open();
    const { mail, sent } = postOffice();

    await sendMany(brakeOf(db, 12).guard(mail, HANDLER), 20);

    expect(sent).toHaveLength(12);
  });

  it("the processes of an installation count together", async () => {
    const db = await store.open();
    const { mail, sent } = postOffice();

    await sendMany(brakeOf(db, 6).guard(mail, HANDLER), 4);
    const refused = await sendMany(brakeOf(db, 6).guard(mail, HANDLER), 4);

    expect(sent).toHaveLength(6);
    expect(refused).toBeDefined();
  });

  it("when a person resumes, the mails of this hour go, and no more is asked", async () => {
    const db = await store.open();
    const { mail, sent } = postOffice();
    const guarded = brakeOf(db, 2).guard(mail, HANDLER);
    await sendMany(guarded, 5);

    const wasPaused = await new PauseStore(db).resume(HANDLER);
    const refused = await sendMany(guarded, 5);

    expect(wasPaused).toBe(true);
    expect(refused).toBeUndefined();
    expect(sent).toHaveLength(7);
  });

  it.each([
    ["rehearsals", postOffice({ audience: "office" }, true)],
    ["files of the outbox", postOffice({ progress: "written" })],
  ])("%s reach no guest and are not counted", async (_, { mail, sent }) => {
    const db = await store.open();
    sent.length = 0;

    const refused = await sendMany(brakeOf(db, 1).guard(mail, HANDLER), 5);

    expect(refused).toBeUndefined();
    expect(sent).toHaveLength(5);
  });

  it("a job whose mail was held back stays in line and is done when a person resumes", async () => {
    const db = await store.open();
    const { mail, sent } = postOffice();
    const guarded = brakeOf(db, 2).guard(mail, HANDLER);
    const shop = openWorkshop(db, {
      kind: "message",
      concurrency: 1,
      whenUnsure: "ask",
      handle: async (_, { effect }) => {
        await effect("voucher:v1", {
          perform: async (key) => {
            const { externalId } = await guarded.send(message, key);
            return { externalId };
          },
        });
        return { done: "mailed" };
      },
    });
    await shop.tell(...["1201", "1202", "1203", "1204"].map((subject) => eventOf(subject)));
    const worker = shop.newWorker();
    await worker.start();
    await expect.poll(() => shop.pauses.all(), { timeout: 20_000 }).toHaveLength(1);
    await worker.stop(1_000);
    const whileBraked = (await shop.states()).map((state) => state.split(" ")[0]).toSorted();

    await shop.pauses.resume(HANDLER);
    await db.knex("lanes").where("due_at", "<", 9e12).update({ due_at: 0 });
    await shop.runUntilIdle();

    expect(whileBraked).toEqual(["done", "done", "ready", "ready"]);
    expect(await shop.states()).toEqual(Array.from({ length: 4 }, () => "done mailed"));
    expect(sent).toHaveLength(4);
  });
});
