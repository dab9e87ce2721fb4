import { expect, it } from "vitest";

import { importWithKills } from "../harness/killed-import.ts";
import { temporaryFolder } from "../harness/servers.ts";

/** `npm run bench -- --only import` imports a hundred thousand. */
const BOOKINGS = 240;

it("killed three times, an import takes over every booking once and in silence", async () => {
  const imported = await importWithKills({
    folder: temporaryFolder(),
    bookings: BOOKINGS,
    kills: 3,
    isHasty: true,
  });

  expect(imported).toMatchObject({
    there: BOOKINGS,
    known: BOOKINGS,
    wrong: 0,
    events: BOOKINGS,
    mails: 0,
  });
  expect(imported.memoryMiB).toHaveLength(4);
}, 180_000);
