import { ConfigurationError, type CheckContext } from "#sdk";

import { composeDigest } from "./compose-digest.ts";
import type { DigestConfig } from "./config.ts";
import { digestView } from "./digest-view.ts";

const DAY_MS = 24 * 60 * 60_000;

/** Writes a mail about nothing: a broken template, or a mail to nobody, shows before it is due. */
export async function check(context: CheckContext<DigestConfig>): Promise<string> {
  const { config, clock, mail, templates } = context;
  if (config.to === undefined && mail.office === undefined) {
    throw new ConfigurationError("no address for the digest: set mail.office, or to");
  }
  const window = { since: clock.now() - DAY_MS, until: clock.now() };
  const nothing = digestView({ bookings: [], troubles: [], leftOff: 0 }, window, config);
  await composeDigest(nothing, { config, templates, language: "en" });
  const when = config.every === "hour" ? "every hour" : `every day at ${config.at}`;
  return `template ${config.template}; mailed ${when}`;
}
