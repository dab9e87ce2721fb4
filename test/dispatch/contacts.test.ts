import { expect, it } from "vitest";

import type { Database } from "../../src/db/database.ts";
import type { AnyHandler } from "../../src/registry/loaded-integration.ts";
import type { Booking, Customer } from "../../src/sdk/booking.ts";
import type { AnyEvent } from "../../src/sdk/booking-event.ts";
import { crmParts } from "../../src/sdk/crm.ts";
import { keepBooking } from "../harness/keep-booking.ts";
import { onEachStore } from "../harness/stores.ts";
import { eventOf, openWorkshop, openWorkshopIn, openWorkshopOf } from "../harness/workshop.ts";
import { ToyConfig, ToyCrm } from "../sdk/crm/toy-target.ts";

const ANNA = { id: "7", firstName: "Anna", lastName: "Berg", email: "anna@example.com" };

/** The handlers of a CRM, without the wait for more. */
function handlersOf(toy: ToyCrm, config = ToyConfig.parse({})): AnyHandler[] {
  return crmParts(toy.target()).handlers.map((handler): AnyHandler => ({
    ...handler,
    settle: "0s",
    handle: (event, context) => handler.handle(event, { ...context, config }),
  }));
}

async function seen(
  db: Database,
  reference: string,
  customer: Customer,
  parts: Partial<Booking> = {},
): Promise<AnyEvent> {
  const place = { connection: "fjord", reference, status: "confirmed", ...parts } as const;
  const booking = await keepBooking(db, { ...place, customer });
  const { connection, version } = booking;
  return { ...eventOf(reference), connection, booking, version };
}

onEachStore((store) => {
  it("guests are written once whatever lanes their bookings came by, and lanes name nobody", async () => {
    const db = await store.open();
    const toy = new ToyCrm();
    const workshop = openWorkshop(db, ...handlersOf(toy));
    const events: AnyEvent[] = [];
    for (let number = 1; number <= 6; number += 1) {
      const email = number % 2 ? "anna@example.com" : `anna${number}@example.com`;
      events.push(await seen(db, String(number), { ...ANNA, email }));
    }

    await workshop.tell(...events);
    await workshop.runUntilAllIsDone();

    const contacts = [...toy.contacts.values()].map(({ fields }) => fields["bookings"]);
    expect(contacts).toEqual(["6"]);
    expect(toy.deals.size).toBe(6);
    const rows: unknown[] = await Promise.all([
      db.knex("lanes").select(),
      db.knex("jobs").select(),
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/anna|berg|example/);
  });

  it("an instance for one operator's connection shows and subscribes nobody by another's", async () => {
    const db = await store.open();
    const toy = new ToyCrm();
    const config = ToyConfig.parse({ consentItem: "newsletter", subscribe: "consent" });
    const when = { connections: ["fjord"] };
    const workshop = openWorkshopOf({ mode: "live", when }, db, ...handlersOf(toy, config));
    const agreed = { connection: "bikes", custom: { newsletter: "yes" } };
    const elsewhere = await seen(db, "1", { ...ANNA, phone: "+4790000000" }, agreed);

    await workshop.tell(elsewhere, await seen(db, "2", ANNA));
    await workshop.runUntilAllIsDone();

    const shown = [...toy.contacts.values()].map(({ fields, isSubscribed = false }) => {
      const { bookings, phone = "", consent } = fields;
      return { bookings, phone, consent, isSubscribed };
    });
    expect(shown).toEqual([{ bookings: "1", phone: "", consent: "unknown", isSubscribed: false }]);
    expect(toy.deals.size).toBe(1);
  });

  it("a dry run says what would be written, and knows nobody afterwards", async () => {
    const db = await store.open();
    const toy = new ToyCrm();
    const workshop = openWorkshop(db, ...handlersOf(toy));
    const event = await seen(db, "1", ANNA);
    await workshop.tell(event);

    const [job] = await workshop.jobList();
    const { wouldDo } = await workshop.dryRuns.event({ handler: "shop/deal", scope: "x" }, event);

    expect(job).toMatchObject({ state: "ready" });
    expect(wouldDo).toEqual(["would write the contact", "would write the deal of booking 1"]);
    expect(await db.knex("person_aliases").select()).toEqual([]);
  });

  it("in shadow it is noted once what would be written; live it is written", async () => {
    const db = await store.open();
    const toy = new ToyCrm();
    const shadow = openWorkshopIn("shadow", db, ...handlersOf(toy));
    await shadow.tell(await seen(db, "1", ANNA));
    await shadow.runUntilAllIsDone();
    await shadow.tell(await seen(db, "1", { ...ANNA, phone: "+4790000000" }));
    await shadow.runUntilAllIsDone();
    const noted: unknown[] = await db.knex("effects").where({ handler: "shop/contact" }).select();

    const live = openWorkshop(db, ...handlersOf(toy));
    await live.runUntilAllIsDone();
    await live.tell(await seen(db, "1", ANNA));
    await live.runUntilAllIsDone();

    expect(noted).toMatchObject([{ progress: "would do" }]);
    expect([...toy.contacts.values()]).toMatchObject([{ fields: { bookings: "1" } }]);
  });
});
