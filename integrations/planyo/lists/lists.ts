import type { SourceLists } from "#sdk";

import type { PlanyoConfig } from "../config.ts";
import { ANNOUNCED } from "../events.ts";
import { readActions } from "./changes.ts";
import { closureRecords, readClosures } from "./closures.ts";
import { readPayments } from "./payments.ts";
import { readReservations } from "./reservations.ts";
import { dayOf, daysTouched, wholeDays } from "./windows.ts";

export const planyoLists: SourceLists<PlanyoConfig> = {
  isReady: ({ apiKey }) => apiKey !== undefined,
  starting: {
    id: "starting",
    read: ({ window, page }, context) => readReservations(wholeDays(window), false, page, context),
  },
  changed: [{ id: "actions", read: readActions }],
  daily: [
    { id: "payments", read: readPayments },
    {
      id: "made",
      read: ({ window, page }, context) =>
        readReservations(wholeDays(daysTouched(window, context.config)), true, page, context),
    },
    { id: "closures", read: readClosures, others: closureRecords },
  ],
  fetchOf: () => ({}),
  announced: ANNOUNCED,
  dayOf,
};
