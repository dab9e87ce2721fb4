import type { Database } from "../db/database.ts";
import { WOULD_DO } from "../effects/effect-store.ts";
import { isMessageId } from "../mail/mail-name.ts";
import type { Booking } from "../sdk/booking.ts";

/** What was done about bookings. */
export interface Deeds {
  /** Message-IDs of mails. */
  mails: ReadonlySet<string>;
  /** Instances that have done anything else. */
  instances: ReadonlySet<string>;
}

export async function deedsAbout(db: Database, bookings: readonly Booking[]): Promise<Deeds> {
  const deeds = { mails: new Set<string>(), instances: new Set<string>() };
  for (const connection of new Set(bookings.map((booking) => booking.connection))) {
    const own = bookings.filter((booking) => booking.connection === connection);
    const rows: Row[] = await db
      .knex("effects")
      .whereIn(
        "subject",
        own.map(({ reference }) => reference),
      )
      .where({ connection })
      .select("handler", "external_id", "state", "progress");
    for (const { handler, external_id: id, state, progress } of rows) {
      const [instance = ""] = handler.split("/");
      if (isMessageId(id ?? "")) deeds.mails.add(id ?? "");
      else if (state === "done" && progress !== WOULD_DO) deeds.instances.add(instance);
    }
  }
  return deeds;
}

interface Row {
  handler: string;
  external_id: string | null;
  state: string;
  progress: string | null;
}
