import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Posting } from "#sdk/accounting";
import { hasPrograms, isLongRun } from "#sdk/testing";

import { trytonTarget } from "./target.ts";
import { cutAfterWrite } from "./testing/breaking-http.ts";
import {
  bookingFile,
  GUEST,
  invoice,
  line,
  untaxed,
  withTotal,
  type BookingFile,
} from "./testing/postings.ts";
import { openShop, type Shop } from "./testing/shop.ts";

// A call takes some 20 ms of an idle machine, and this one is seldom idle.
const SLOW = { timeout: 180_000 };
// Dozens of tries on a real server: for the long run.
const canRun = isLongRun() && hasPrograms("trytond", "trytond-admin");

describe.runIf(canRun)("a try that is cut off after any of its calls", SLOW, () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.close());

  /** Posts one document after the other, each cut off one call later, and then once more. */
  async function postWithCuts(
    booking: (n: number) => BookingFile,
    posting: (booking: BookingFile, n: number) => Posting,
  ): Promise<string[]> {
    const cuts: string[] = [];
    for (let n = 1; ; n += 1) {
      const file = booking(n);
      const one = posting(file, n);
      const http = cutAfterWrite(n);
      const failure: unknown = await trytonTarget.post(one, shop.context({}, http)).catch(identity);
      await file.repost({ ...one, mayExist: http.cutAt !== undefined });
      if (http.cutAt === undefined) return cuts;
      cuts.push(http.cutAt.replace(/^(model|wizard)\.account\./, ""));
      expect(failure).toMatchObject({ kind: "retryable", mayHaveHappened: true });
    }
  }

  it("leaves one invoice, posted, whatever was there of it", async () => {
    const files: BookingFile[] = [];
    // Three lines whose taxes Tryton counts otherwise, so that all steps are needed.
    const lines = [line(1_005), line(1_005), line(1_005)];

    const cuts = await postWithCuts(
      (n) => {
        const guest = {
          code: `cut-${n}`,
          kind: GUEST.kind,
          name: "Kari",
          email: "kari@example.test",
        };
        const file = bookingFile(shop.context(), { party: guest });
        files.push(file);
        return file;
      },
      (file) => file.posting(invoice(...lines)),
    );

    expect(cuts).toEqual([
      ...["model.party.party.create"],
      ...["invoice.create", "invoice.write", "invoice.write", "invoice.post"],
    ]);
    for (const file of files) {
      const { documents, balances } = await file.read();
      expect(documents).toEqual([
        { number: `${file.prefix}invoice:1`, kind: "invoice", totalMinor: 3_015 },
      ]);
      expect(balances).toEqual({ receivable: 3_015, revenue: -2_493, tax: -522 });
    }
  });

  it("leaves each payment, deposit, use of a deposit and refund once", async () => {
    const booking = bookingFile(shop.context());
    await booking.post(invoice(untaxed(100_000)));
    const paid = { totalMinor: 100, paymentId: "p" };
    const kinds: Parameters<BookingFile["posting"]>[0][] = [
      { kind: "payment", to: "invoice:1", ...paid },
      { kind: "deposit", ...paid },
      { kind: "application", from: "deposit:1", to: "invoice:1", totalMinor: 10 },
      { kind: "refund", from: "deposit:2", ...paid },
      { kind: "refund", from: "invoice:1", ...paid },
      { kind: "deferral", of: "invoice:1", totalMinor: 100 },
    ];

    const cuts: Record<string, string[]> = {};
    for (const document of kinds) {
      const from = "from" in document ? ` from ${document.from}` : "";
      cuts[document.kind + from] = await postWithCuts(
        () => booking,
        (file) => file.posting(document),
      );
    }

    const entry = ["move.create", "move.post"];
    expect(cuts).toEqual({
      payment: [...entry, "invoice.write"],
      deposit: entry,
      "application from deposit:1": [...entry, "invoice.write"],
      "refund from deposit:2": entry,
      "refund from invoice:1": entry,
      deferral: entry,
    });
    const books = await booking.read();
    const expected = new Set(booking.posted.keys());
    expect(
      books.documents.map(({ number }) => number.slice(booking.prefix.length)).toSorted(),
    ).toEqual([...expected].toSorted());
    const count = (kind: string) =>
      [...expected].filter((key) => key.startsWith(`${kind}:`)).length;
    const [payments, deposits, applications] = ["payment", "deposit", "application"].map(count);
    expect(books.balances).toMatchObject({
      clearing: 100 * ((payments ?? 0) + (deposits ?? 0) - count("refund")),
      deferred: -100 * count("deferral"),
      prepayments: -100 * (deposits ?? 0) + 10 * (applications ?? 0) + 100 * 3,
    });
  });

  it("leaves an invoice settled by its credit note", async () => {
    const files: BookingFile[] = [];
    for (let left = 5; left > 0; left -= 1) {
      const file = bookingFile(shop.context());
      await file.post(invoice(line(1_210)));
      await file.post({ kind: "credit_note", of: "invoice:1", ...withTotal([line(1_210)]) });
      files.push(file);
    }
    const between = { from: "credit_note:1", to: "invoice:1", totalMinor: 1_210 };

    const cuts = await postWithCuts(
      (n) => files[n - 1] ?? bookingFile(shop.context()),
      (file) => file.posting({ kind: "application", ...between }),
    );

    const reconciled = "move.reconciliation.create";
    expect(cuts).toEqual(["move.create", "move.post", reconciled, reconciled]);
    for (const file of files) {
      const { documents, balances } = await file.read();
      expect(documents).toHaveLength(3);
      expect(Object.values(balances).every((minor) => minor === 0)).toBe(true);
    }
  });
});

function identity(error: unknown): unknown {
  return error;
}
