import type { Knex } from "knex";

import { readEvent } from "../normalize/event-store.ts";

/** When bookings were last confirmed, by reference, UTC milliseconds. Adopted ones were before. */
export async function readConfirmations(
  trx: Knex,
  connection: string,
  references: readonly string[],
): Promise<Map<string, number>> {
  const rows: { payload: Buffer }[] = await trx("events")
    .where({ connection })
    .whereIn("subject", [...references])
    .whereRaw("COALESCE(type, '') = 'booking.confirmed'")
    .orderBy("position")
    .select("payload");
  const confirmed = rows
    .map(({ payload }) => readEvent(payload))
    .filter(({ origin }) => origin !== "adopted")
    .map(({ subject, time }) => [subject, Date.parse(time)] as const);
  return new Map(confirmed);
}
