import type { SimulatedTruth } from "#sdk";

import { readStatus } from "../status.ts";
import type { ReservationStore } from "./reservation-store.ts";
import { SITE } from "./site.ts";
import { localTimeText } from "./site-clock.ts";

/** All reservations as they are, whatever the API shows. */
export function* truthOf(store: ReservationStore): Generator<SimulatedTruth> {
  for (const { id, status, start, priceMinor, paidMinor } of store.live()) {
    yield {
      reference: id,
      status: readStatus(String(status))?.status ?? "draft",
      startsOn: localTimeText(start).slice(0, 10),
      total: { amountMinor: priceMinor, currency: SITE.currency },
      paid: { amountMinor: paidMinor, currency: SITE.currency },
    };
  }
}
