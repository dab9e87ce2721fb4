import { expect, it } from "vitest";

import { kindOf } from "#sdk";

import type { Mishap } from "./testing/fake-xero.ts";
import { begin, STORIES } from "./testing/stories.ts";

async function play(title: string, mishap?: { call: number; kind: Mishap }) {
  const { office, last } = await begin(title);
  // Xero remembers keys for a while only: what counts is that we look.
  office.fake.remembersKeys = false;
  let isBroken = false;
  let sent = 0;
  office.fake.mishap = () => {
    sent += 1;
    return sent === mishap?.call ? mishap.kind : undefined;
  };
  try {
    await last();
  } catch (error) {
    expect(kindOf(error)).toBe("retryable");
    isBroken = true;
    office.fake.mishap = () => undefined;
    await last();
  }
  office.fake.mishap = () => undefined;
  const { books } = office.fake;
  const counts = [
    ...[books.contacts, books.invoices, books.creditNotes, books.prepayments],
    ...[books.bankTransactions, books.payments, books.allocations],
    [...books.history.values()].flat(),
  ].map((rows) => rows.length);
  return { view: await office.read(), counts, isBroken };
}

it.each(Object.keys(STORIES))(
  "%s, broken off at any call and posted again, is there once",
  async (title) => {
    const whole = await play(title);
    let broken = 0;

    for (const kind of ["before", "after"] as const) {
      for (let call = 1; ; call += 1) {
        const { view, counts, isBroken } = await play(title, { call, kind });
        if (!isBroken) break;
        broken += 1;
        expect({ kind, call, counts, view }).toEqual({
          ...{ kind, call, counts: whole.counts, view: whole.view },
        });
      }
    }

    expect(broken).toBeGreaterThanOrEqual(2);
  },
);
