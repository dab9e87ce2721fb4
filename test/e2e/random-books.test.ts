import { rmSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import integration from "../../integrations/ledger-file/index.ts";
import { ledgerFile } from "../../integrations/ledger-file/target.ts";
import { hasJudges, judge } from "../../integrations/ledger-file/testing/judges.ts";
import { accountingParts } from "../../src/sdk/accounting.ts";
import { AccountingDesk, checkContext } from "../../src/sdk/testing.ts";
import { numbersInJournal, owedInJournal } from "../harness/journal.ts";
import {
  BOOKS,
  Life,
  owedAfterService,
  RANDOM_SETTINGS,
  randomStories,
  runsOr,
  SEED,
  tell,
} from "../harness/random-books.ts";
import { temporaryFolder } from "../harness/servers.ts";

const RUNS = runsOr(8);
const stories = randomStories(RUNS);

describe.runIf(hasJudges)(`${RUNS} random stories of bookings`, () => {
  it.each(BOOKS.map((settings, index) => ({ ...settings, index })))(
    "hledger finds what each owes, wherever the process died: $policy, $corrections",
    { timeout: 60_000 + RUNS * 2_000 },
    async ({ index, ...settings }) => {
      const dataFolder = temporaryFolder("bellhop-random-books-");
      const life = new Life(ledgerFile);
      const desk = new AccountingDesk({
        integration: { ...integration, ...accountingParts(life.target) },
        config: integration.config.parse({ ...settings, ...RANDOM_SETTINGS }),
        ...{ http: checkContext({}).http, dataFolder },
      });
      const mine = stories.filter((_, story) => story % BOOKS.length === index);
      const wanted = new Map<string, number>();
      for (const [story, steps] of mine.entries()) {
        const last = await tell(desk, life, steps, `S${story}`);
        const owed = owedAfterService(last, settings.cancellation.fee);
        if (owed !== 0) wanted.set(`fjord/S${story}`, owed);
      }

      const folder = join(dataFolder, "books");
      await judge(folder);
      const numbers = await numbersInJournal(folder);
      const found = await owedInJournal(folder);
      rmSync(dataFolder, { recursive: true });

      const wrong = [...new Set([...wanted.keys(), ...found.keys()])]
        .filter((booking) => wanted.get(booking) !== found.get(booking))
        .map((booking) => ({
          ...{ booking, wanted: wanted.get(booking), found: found.get(booking) },
          steps: mine[Number(booking.slice("fjord/S".length))],
        }));
      expect(wrong, `seed ${SEED}`).toEqual([]);
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(numbers.length).toBeGreaterThan(mine.length);
    },
  );
});
