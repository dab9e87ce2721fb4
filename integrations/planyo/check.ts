import { type CheckContext, ConfigurationError, isSameTimeZone } from "#sdk";

import { textOf } from "./body.ts";
import { learnedTimestamps, TIMESTAMPS_PROOF } from "./calibration.ts";
import type { PlanyoConfig } from "./config.ts";
import { readSite } from "./site.ts";

const WITHOUT_KEY =
  "no apiKey: the notification is taken as the state, and what it misses stays unknown: nothing " +
  "can be imported or compared; an API key is advised";

/** Asks Planyo who we are talking to (`get_site_info`). */
export async function check(context: CheckContext<PlanyoConfig>): Promise<string> {
  const { config } = context;
  if (config.apiKey === undefined) return WITHOUT_KEY;

  const site = await readSite(context);
  const name = textOf(site["name"] ?? "");
  const timeZone = textOf(site["timezone"] ?? "");
  if (timeZone !== "" && !isSameTimeZone(timeZone, config.timeZone)) {
    throw new ConfigurationError(
      `Planyo's site "${name}" is in ${timeZone}, settings.timeZone says ${config.timeZone}: ` +
        `write timeZone: ${timeZone}`,
    );
  }
  const zone = timeZone || `not named, taken as ${config.timeZone}`;
  return [`site "${name}"`, `time zone ${zone}`, ...timestampsLine(context)].join(", ");
}

/** What `auto` has found out, with its proof. */
function timestampsLine({ config, learned }: CheckContext<PlanyoConfig>): string[] {
  if (config.timestamps !== "auto") return [];
  const found = learnedTimestamps(learned);
  if (found === undefined) {
    return ["timestamps not calibrated yet: the first call about a reservation decides"];
  }
  const proof = learned[TIMESTAMPS_PROOF];
  return [`timestamps are ${found}${proof === undefined ? "" : ` (${proof})`}`];
}
