import { readdirSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { deedsAbout } from "../../src/erase/ledger.ts";
import { eraseMails } from "../../src/erase/outbox-files.ts";
import { createMail } from "../../src/mail/mail.ts";
import { newId } from "../../src/process/new-id.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { onOneStore } from "../harness/stores.ts";

const EMAIL = "åse.berg@example.com";
const ANNA = "anna@example.com";
const BOOKING = { connection: "bikes", reference: "1" } as Booking;

onOneStore((store) => {
  let db: Database;
  beforeEach(async () => {
    db = await store.open();
  });
  afterEach(() => db.close());

  it("mails about the bookings and to the address go, in rehearsal too; those of others stay", async () => {
    const folder = join(temporaryFolder(), "outbox");
    const settings = { outboxFolder: folder, clock: { now: Date.now }, log: memoryLog() };
    const office = { ...settings, from: "post@example.com", office: "office@example.com" };
    const live = createMail({ ...office, mode: "live" }).forConnection({ name: "Bikes" });
    const rehearsal = createMail({ ...office, mode: "rehearsal" }).forConnection({ name: "Bikes" });
    const mail = (to: string) => ({ to, subject: "Voucher for Åse", text: "Åse Berg" });
    await live.send(mail(ANNA), "to Anna");
    await rehearsal.send(mail(ANNA), "to Anna, rehearsed: the subject is not ASCII");
    const told = await live.sendToOffice({ subject: "No address", text: "Åse" }, "to the office");
    await live.send(mail(`jo${ANNA}`), "to somebody else");
    await live.sendToOffice({ subject: `joanna@example.com`, text: ANNA }, "about somebody else");
    await db.knex("effects").insert({
      ...{ id: newId(), handler: "voucher-mail/send-voucher", scope: "bikes/1", effect_key: "v1" },
      ...{ connection: "bikes", subject: "1", job_id: "-", state: "done", version: 1 },
      ...{ external_id: told.externalId, updated_at: 1 },
    });

    const { mails } = await deedsAbout(db, [BOOKING]);
    const count = await eraseMails(folder, mails, new Set([ANNA, EMAIL]));

    expect(count).toBe(3);
    expect(readdirSync(folder).map((name) => name.replace(/-[0-9a-f]{12}\.eml$/, ""))).toEqual([
      ...["about-somebody-else", "to-somebody-else"],
    ]);
  });

  it("no outbox, no mails", async () => {
    expect(await eraseMails(join(temporaryFolder(), "outbox"), new Set(), new Set([ANNA]))).toBe(0);
  });
});
