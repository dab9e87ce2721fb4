import { expect, it } from "vitest";

import { simulator as planyo } from "../../integrations/planyo/simulator/simulator.ts";
import { simulator as tourcms } from "../../integrations/tourcms/simulator/simulator.ts";
import { hasJudges, hledger, judge } from "../../integrations/ledger-file/testing/judges.ts";
import { httpClient } from "../../src/http/http-client.ts";
import { play } from "../../src/simulate/player.ts";
import { Playlist } from "../../src/simulate/playlist.ts";
import { serveSystems } from "../../src/simulate/system-server.ts";
import { momentOfInstant } from "../../src/sdk/time.ts";
import { startApp } from "../harness/app.ts";
import {
  bookingsOf,
  booksFolder,
  numbersInJournal,
  owedBy,
  owedInJournal,
  postedNumbers,
  untilPosted,
} from "../harness/journal.ts";
import { onOneStore } from "../harness/stores.ts";

const TOKEN = "busy-day-token-0123456789abcdef";
const SIMULATORS = { planyo, tourcms };
const STORIES = 80;

/** Two booking systems that are played, and what Bellhop knows of them as its configuration. */
async function startDay(seed: number) {
  const systems = Object.entries(SIMULATORS).map(([id, simulator]) => ({
    ...{ id, simulator, connection: id },
    system: simulator.create({ seed, now: Date.now() }),
  }));
  const apis = await serveSystems(
    systems.map(({ id, system }) => ({ system, apiBaseUrl: `http://127.0.0.1:0/${id}` })),
  );
  const connections = systems.map(({ id, simulator }, index) => [
    id,
    { source: id, tokens: [TOKEN], settings: simulator.settings(apis.urls[index] ?? "") },
  ]);
  const settings = {
    policies: [{ connections: ["planyo"], policy: "invoice" }],
    cancellation: { fee: "none" },
    fees: { card: { percent: "1.4", fixed: "0.25" } },
  };
  return {
    ...{ systems, apis },
    config: {
      connections: Object.fromEntries(connections) as object,
      reconcile: { everyMinutes: 0, importDays: 0 },
      integrations: { "ledger-file": { settings } },
    },
  };
}

onOneStore((store) => {
  it.runIf(hasJudges)(
    `after a day of ${STORIES} bookings hledger says of each what it owes, and has no document twice`,
    { timeout: 120_000 },
    async () => {
      const day = await startDay(5);
      const app = await startApp({ config: day.config, location: await store.newLocation() });
      const cast = day.systems.map((one) => ({ ...one, stories: one.system.stories }));

      await play(new Playlist(cast, { seed: 9, stories: STORIES, repeats: 0.1 }), {
        http: httpClient,
        urlOf: (connection) => `${app.url}/hooks/${connection}/${TOKEN}`,
        pace: { connections: 4 },
        keepsOrder: true,
        signal: new AbortController().signal,
      });
      await untilPosted(app.db);

      const folder = booksFolder(app.settings.dataFolder);
      await judge(folder);
      const owed = await owedInJournal(folder);
      const differences: unknown[] = [];
      let count = 0;
      for (const { connection } of day.systems) {
        for (const booking of await bookingsOf(app.db, connection)) {
          count += 1;
          const today = momentOfInstant(Date.now(), booking.start?.timeZone ?? "UTC").date;
          const isServed = booking.start === undefined || booking.start.date <= today;
          const wanted = owedBy(booking, connection === "planyo" || isServed);
          const { reference, status, totals } = booking;
          const found = owed.get(`${connection}/${reference}`) ?? 0;
          if (found !== wanted)
            differences.push({ connection, reference, status, totals, found, wanted });
        }
      }
      const troubles: unknown[] = await app.db
        .knex("jobs")
        .whereIn("state", ["dead", "held"])
        .select("subject", "reason");
      const numbers = await numbersInJournal(folder);
      const posted = await postedNumbers(app.db);
      const [owing = "", amount = 0] = [...owed][0] ?? [];
      const one = await hledger(folder, ["bal", `tag:booking=^${owing}$`, "receivable", "prepay"]);
      await app.stop();
      await day.apis.close();

      expect(differences).toEqual([]);
      expect(troubles).toEqual([]);
      expect(count).toBeGreaterThan(STORIES / 2);
      expect(owed.size).toBeGreaterThan(count / 4);
      expect(numbers).toEqual(posted);
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(one).toContain((amount / 100).toFixed(2));
    },
  );
});
