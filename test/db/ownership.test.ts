import { setTimeout as sleep } from "node:timers/promises";

import { expect, it, vi } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { Ownership } from "../../src/db/ownership.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { onEachStore } from "../harness/stores.ts";

function member(db: Database, name: string, log: string[]) {
  const ownership = new Ownership(db, memoryLog());
  ownership.add("normalize:fjord", {
    begin: () => log.push(`${name} begins`),
    end: () => {
      log.push(`${name} ends`);
      return Promise.resolve();
    },
  });
  return ownership;
}

onEachStore((store) => {
  it("one of several processes owns a connection, and hands it over when it stops", async () => {
    const db = await store.open();
    const log: string[] = [];
    const [first, second] = [member(db, "first", log), member(db, "second", log)];

    await first.start();
    await second.start();
    expect(log).toEqual(["first begins"]);
    await first.stop();

    await vi.waitFor(
      () => {
        expect(log).toEqual(["first begins", "first ends", "second begins"]);
      },
      { timeout: 5_000 },
    );
    await second.stop();
  });

  it("a process that died is replaced when its term is over", async () => {
    const db = await store.open();
    const log: string[] = [];
    await db.knex("owners").insert({
      name: "normalize:fjord",
      token: "somebody dead",
      until: db.knex.raw(`${db.dialect.nowMs} + 800`),
    });
    const heir = member(db, "heir", log);

    await heir.start();
    expect(log).toEqual([]);

    await vi.waitFor(
      () => {
        expect(log).toEqual(["heir begins"]);
      },
      { timeout: 8_000 },
    );
    await heir.stop();
  });

  it("an owner that was replaced while it slept stops its work", async () => {
    const db = await store.open();
    const log: string[] = [];
    const sleeper = member(db, "sleeper", log);
    await sleeper.start();

    await db
      .knex("owners")
      .update({ token: "the heir", until: db.knex.raw(`${db.dialect.nowMs} + 60000`) });

    await vi.waitFor(
      () => {
        expect(log).toEqual(["sleeper begins", "sleeper ends"]);
      },
      { timeout: 5_000 },
    );
    await sleeper.stop();
    await sleep(10);
    const row: unknown = await db.knex("owners").first("token");
    expect(row).toEqual({ token: "the heir" });
  });

  it("a process whose database is away stops all the same", async () => {
    const db = await store.open();
    const log: string[] = [];
    const owner = member(db, "owner", log);
    await owner.start();
    await db.close();

    await owner.stop();

    expect(log).toEqual(["owner begins", "owner ends"]);
  });
});
