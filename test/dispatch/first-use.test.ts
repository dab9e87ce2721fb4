import { expect, it } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { FactStore } from "../../src/db/fact-store.ts";
import { FirstUse } from "../../src/dispatch/first-use.ts";
import { onEachStore } from "../harness/stores.ts";

const [DOCUMENTS, PEOPLE] = ["documents", "people"].map((handler) => ({
  id: `shop/${handler}`,
  instance: "shop",
})) as [Place, Place];
const OTHER: Place = { id: "shop-2/documents", instance: "shop-2" };
interface Place {
  id: string;
  instance: string;
}

onEachStore((store) => {
  /** A process with such handlers, which starts at such a moment. */
  async function started(db: Database, now: number, ...places: Place[]): Promise<FirstUse> {
    const firstUse = new FirstUse(new FactStore(db), { now: () => now });
    await firstUse.start(places);
    return firstUse;
  }

  const each = (firstUse: FirstUse, ...places: Place[]) =>
    Promise.all(places.map((place) => firstUse.of(place)));

  it("a part of an instance that is asked for later counts from then on, for good", async () => {
    const db = await store.open();
    await started(db, 1_000, PEOPLE);

    await started(db, 5_000, PEOPLE, DOCUMENTS);
    const later = await started(db, 9_000, PEOPLE, DOCUMENTS, OTHER);

    expect(await each(later, PEOPLE, DOCUMENTS, OTHER)).toEqual([1_000, 5_000, 9_000]);
  });

  it("what an instance consisted of while only the instance was remembered counts from then", async () => {
    const db = await store.open();
    await new FactStore(db).getOrSet("first-use:shop", new Date(1_000).toISOString());
    const [one, other] = await Promise.all([
      started(db, 5_000, PEOPLE, OTHER),
      started(db, 6_000, PEOPLE, OTHER),
    ]);

    const later = await started(db, 9_000, PEOPLE, DOCUMENTS, OTHER);

    expect(await each(later, PEOPLE, DOCUMENTS)).toEqual([1_000, 9_000]);
    expect(await one.of(OTHER)).toBe(await other.of(OTHER));
  });

  it("who only looks remembers nothing", async () => {
    const db = await store.open();
    await new FactStore(db).getOrSet("first-use:shop", new Date(1_000).toISOString());
    const looking = new FirstUse(new FactStore(db), { now: () => 5_000 });

    expect(await each(looking, PEOPLE, OTHER)).toEqual([1_000, 5_000]);
    expect(await each(await started(db, 9_000, OTHER), OTHER)).toEqual([9_000]);
  });
});
