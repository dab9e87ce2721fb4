import { expect, it } from "vitest";

import { importWithKills } from "../harness/killed-import.ts";
import { temporaryFolder } from "../harness/servers.ts";

/** `npm run bench -- --only import` imports a hundred thousand. */
const BOOKINGS = 400;

it("killed five times, an import takes over every booking once and in silence", async () => {
  const imported = await importWithKills({
    folder: temporaryFolder(),
    bookings: BOOKINGS,
    kills: 5,
  });

  expect(imported).toMatchObject({
    there: BOOKINGS,
    known: BOOKINGS,
    wrong: 0,
    events: BOOKINGS,
    mails: 0,
  });
  expect(imported.memoryMiB).toHaveLength(6);
}, 180_000);
