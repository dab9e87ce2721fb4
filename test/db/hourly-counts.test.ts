import { expect, it } from "vitest";

import { HourlyCounts } from "../../src/db/hourly-counts.ts";
import { onEachStore } from "../harness/stores.ts";

onEachStore((store) => {
  it("what several processes count in an hour adds up, name by name", async () => {
    const db = await store.open();
    const [one, other] = [new HourlyCounts(db), new HourlyCounts(db)];
    const hour = Math.floor((await db.now()) / 3_600_000);

    await one.add(new Map([["deliveries:bikes", 2]]));
    await other.add(
      new Map([
        ["deliveries:bikes", 3],
        ["guest-mails", 1],
        ["nothing", 0],
      ]),
    );

    const counted = await one.byHour("deliveries:bikes", hour);
    expect([...counted.values()].reduce((sum, value) => sum + value, 0)).toBe(5);
    expect(await one.byHour("nothing", hour)).toEqual(new Map());
    expect(await one.byHour("deliveries:bikes", hour + 2)).toEqual(new Map());
  });
});
