import { describe, expect, test } from "vitest";

import { digest } from "./schedules/digest.ts";
import { activeOf, activityOf, DAY, officeOf } from "./testing.ts";

const happened = activityOf({
  bookings: [activeOf("1201", ["booking.confirmed"], { isNew: true })],
  troubles: [{ connection: "fjord", reason: "needs you: could not be done by books/post." }],
});

describe("a digest", () => {
  test("goes to the office, once for each time", async () => {
    const { context, sent, asked, ledger } = officeOf(happened);

    const first = await digest.handle(DAY, context);
    const again = await digest.handle(DAY, context);

    expect(first).toEqual({ done: "Digest mailed: 1 new, 1 needs you" });
    expect(again).toEqual(first);
    expect(asked).toEqual([DAY, DAY]);
    expect(ledger.performed).toEqual(["digest:2026-03-02T06:00:00.000Z"]);
    expect(sent).toEqual([
      {
        subject: "digest/default subject in en",
        text: "digest/default mail.txt\nin en\n",
        html: "digest/default mail.html\nin en",
        key: "lane|digest:2026-03-02T06:00:00.000Z",
        address: undefined,
      },
    ]);
  });

  test("goes to another address, from another template, where the settings say so", async () => {
    const { context, sent } = officeOf(happened, { to: "boss@example.com", template: "brief" });

    await digest.handle(DAY, context);

    expect(sent[0]).toMatchObject({
      address: "boss@example.com",
      subject: "digest/brief subject in en",
    });
  });

  test("is left out when nothing happened, unless it is wanted all the same", async () => {
    const quiet = officeOf(activityOf());
    const wanted = officeOf(activityOf(), { evenWhenEmpty: true });

    const skipped = await digest.handle(DAY, quiet.context);
    const done = await digest.handle(DAY, wanted.context);

    expect(skipped).toEqual({ skipped: "nothing happened" });
    expect(quiet.sent).toEqual([]);
    expect(done).toEqual({ done: "Digest mailed: nothing happened" });
    expect(wanted.sent).toHaveLength(1);
  });

  test("leaves nothing about guests in the ledger or the log", async () => {
    const { context, ledger } = officeOf(happened);

    await digest.handle(DAY, context);

    const kept = JSON.stringify([ledger.entries(), context.log]);
    expect(kept).not.toMatch(/anna|berg/i);
  });
});
