import { defineIntegration } from "#sdk";

import { check } from "./check.ts";
import { TourcmsConfig } from "./config.ts";
import { describe } from "./set-up.ts";
import { simulator } from "./simulator/simulator.ts";
import { source } from "./source.ts";

export default defineIntegration({
  manifest: {
    id: "tourcms",
    name: "TourCMS",
    docs: "https://www.tourcms.com/support/api/mp/webhooks/booking_notification.php",
  },
  config: TourcmsConfig,
  source,
  simulator,
  check,
  describe,
});
