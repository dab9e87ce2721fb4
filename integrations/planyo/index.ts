import { defineIntegration } from "#sdk";

import { check } from "./check.ts";
import { PlanyoConfig } from "./config.ts";
import { simulator } from "./simulator/simulator.ts";
import { describe } from "./site.ts";
import { planyoSource } from "./source.ts";

export default defineIntegration({
  manifest: { id: "planyo", name: "Planyo", docs: "https://www.planyo.com/faq.php?q=222" },
  config: PlanyoConfig,
  source: planyoSource,
  simulator,
  check,
  describe,
});
