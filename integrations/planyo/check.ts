import { ConfigurationError, RetryableError, type CheckContext } from "#sdk";

import { isObject, textOf } from "./body.ts";
import { callPlanyo } from "./client.ts";
import type { PlanyoConfig } from "./config.ts";

const WITHOUT_KEY =
  "no apiKey: the notification is taken as the state, and what it misses stays unknown; " +
  "an API key is advised";

/** Asks Planyo who we are talking to (`get_site_info`). */
export async function check(context: CheckContext<PlanyoConfig>): Promise<string> {
  const { config } = context;
  if (config.apiKey === undefined) return WITHOUT_KEY;

  const site = await callPlanyo("get_site_info", {}, context);
  if (site === undefined) throw new ConfigurationError("Planyo knows no such site; check siteId");
  if (!isObject(site)) throw new RetryableError("Planyo get_site_info: no data");

  const name = textOf(site["name"] ?? "");
  const timeZone = textOf(site["timezone"] ?? "");
  if (timeZone !== "" && canonical(timeZone) !== canonical(config.timeZone)) {
    throw new ConfigurationError(
      `Planyo's site "${name}" is in ${timeZone}, settings.timeZone says ${config.timeZone}: ` +
        `write timeZone: ${timeZone}`,
    );
  }
  return `site "${name}", time zone ${timeZone || `not named, taken as ${config.timeZone}`}`;
}

/** Zones have several names: Europe/Kiev is Europe/Kyiv. */
function canonical(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch {
    return timeZone; // no zone we know, so it differs from the one set
  }
}
