import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { kindOf } from "#sdk";
import type { Posting } from "#sdk/accounting";
import { hasPrograms, isLongRun } from "#sdk/testing";

import { trytonTarget } from "./target.ts";
import { bookingFile, GUEST, invoice, line, type BookingFile } from "./testing/postings.ts";
import { hasPostgres, openPostgresShop } from "./testing/postgres.ts";
import type { Shop } from "./testing/shop.ts";

// Its database takes two minutes to build: for the long run.
const canRun = isLongRun() && hasPrograms("trytond", "trytond-admin") && hasPostgres();

/**
 * Bellhop posts one document after the other. That nothing is posted twice must not hang on it: the
 * bookkeeper works in Tryton at the same time, and a second Bellhop may be started by mistake.
 */
describe.runIf(canRun)("several that post at once, on PostgreSQL", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openPostgresShop();
  }, 400_000);
  afterAll(() => shop.close());

  it("lose to each other, try again, and leave every document once, with numbers of their own", async () => {
    const context = shop.context();
    const files = Array.from({ length: 6 }, () => bookingFile(context));
    // The party is there already: that guests come for the first time at once is another matter.
    await bookingFile(context).post(invoice(line(1_210)));
    const lost: unknown[] = [];

    const numbers = await Promise.all(
      files.map(async (file) => {
        const number = await stubborn(file, file.posting(invoice(line(12_100))), lost);
        const payment = { kind: "payment", to: "invoice:1", paymentId: "p" } as const;
        await stubborn(file, file.posting({ ...payment, totalMinor: 12_100 }), lost);
        return number;
      }),
    );

    expect(lost.map(kindOf)).toEqual(lost.map(() => "retryable"));
    // Else nothing was at the same time.
    expect(lost.length).toBeGreaterThan(0);
    expect(new Set(numbers).size).toBe(files.length);
    for (const file of files) {
      const { documents, balances } = await file.read();
      expect(documents.map(({ number }) => number)).toEqual([
        ...[`${file.prefix}invoice:1`, `${file.prefix}payment:1`],
      ]);
      expect(balances).toMatchObject({ receivable: 0, clearing: 12_100 });
    }
  }, 120_000);

  it("guests who come for the first time at once are one party", async () => {
    const party = { ...GUEST, code: "new-guest", name: "New Guest" };
    const lost: unknown[] = [];
    const files = Array.from({ length: 3 }, () => bookingFile(shop.context(), { party }));

    await Promise.all(
      files.map((file) =>
        stubborn(file, file.posting({ kind: "deposit", paymentId: "p", totalMinor: 100 }), lost),
      ),
    );

    const domain = [["code", "=", "new-guest"]];
    expect(await shop.admin.searchRead("party.party", domain, {})).toHaveLength(1);
    expect(lost.map(kindOf)).toEqual(lost.map(() => "retryable"));
  }, 120_000);

  /** As the jobs of Bellhop: again after a retryable error, with what may be there already. */
  async function stubborn(
    file: BookingFile,
    posting: Posting,
    lost: unknown[],
  ): Promise<string | undefined> {
    for (let attempt = 1; attempt <= 30; attempt += 1) {
      try {
        const posted = await trytonTarget.post(
          { ...posting, mayExist: attempt > 1 },
          shop.context(),
        );
        file.note(posting.document.key, posted);
        return posted.number;
      } catch (error) {
        lost.push(error);
        if (kindOf(error) !== "retryable") throw error;
        await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
      }
    }
    throw new Error(`gave up ${posting.number}`);
  }
});
