import fc from "fast-check";
import { it } from "vitest";

import { onEachStore } from "../harness/stores.ts";
import { laneCommands, playLanes } from "./lane-model.ts";

onEachStore((store) => {
  const numRuns = store.name === "sqlite" ? 60 : 6;

  /** Thousands of commits, none of which has to survive a power cut. */
  const openQuickly = async () => {
    const db = await store.open();
    if (store.name === "sqlite") await db.knex.raw("PRAGMA synchronous = OFF");
    return db;
  };

  it(
    "whatever processes and people do, late ones too, lanes keep order and nothing is lost or settled twice",
    { timeout: 120_000 },
    async () => {
      const db = await openQuickly();

      await fc.assert(
        fc.asyncProperty(laneCommands, (commands) => playLanes(db, false, commands)),
        { numRuns },
      );
    },
  );

  it(
    "lanes of which only the latest job counts keep the same laws",
    { timeout: 120_000 },
    async () => {
      const db = await openQuickly();

      await fc.assert(
        fc.asyncProperty(laneCommands, (commands) => playLanes(db, true, commands)),
        { numRuns },
      );
    },
  );
});
