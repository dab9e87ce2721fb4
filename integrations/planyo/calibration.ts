import type { FetchContext, SourceContext } from "#sdk";

import { textOf } from "./body.ts";
import type { PlanyoConfig } from "./config.ts";
import { calibrate, readMoment } from "./times.ts";

/** Names of what is learned about a site. */
export const TIMESTAMPS = "timestamps";
export const TIMESTAMPS_PROOF = "timestampsProof";

type Learned = SourceContext<PlanyoConfig>["learned"];

/** What the site's timestamps turned out to be; undefined until a reservation has shown it. */
export function learnedTimestamps(learned: Learned): "true_epoch" | "wall_clock" | undefined {
  const value = learned[TIMESTAMPS];
  return value === "true_epoch" || value === "wall_clock" ? value : undefined;
}

/** The settings by which times are read: a setting of `auto` means what has been learned. */
export function withLearned(config: PlanyoConfig, learned: Learned): PlanyoConfig {
  if (config.timestamps !== "auto") return config;
  return { ...config, timestamps: learnedTimestamps(learned) ?? "auto" };
}

/**
 * Learns what the site's timestamps mean from one reservation seen both ways. What is undecided
 * stays open for the next. One that contradicts what was learned counts: a site can be moved to
 * another server, and a stay that was moved in between may have misled us the first time.
 *
 * @param timestamp `start` of the call that led to this look, if it had a number there.
 * @param shown `start_time` of the same reservation in the API.
 */
export function noteTimestamps(
  reference: string,
  timestamp: string | undefined,
  shown: unknown,
  context: FetchContext<PlanyoConfig>,
): void {
  const { config, learned, log } = context;
  if (config.timestamps !== "auto" || timestamp === undefined || !isTimestamp(timestamp)) return;
  const text = textOf(shown ?? "").trim();
  const found = calibrate(Number(timestamp), text, config.timeZone);
  const known = learnedTimestamps(learned);
  if (found === "undecided" || found === known) return;

  if (known !== undefined) {
    log.warn({ reference, known, found }, "Planyo's timestamps are not what they seemed to be");
  }
  const local = readMoment(text, { timestamps: found, timeZone: config.timeZone });
  context.learn(TIMESTAMPS, found);
  context.learn(TIMESTAMPS_PROOF, `reservation ${reference} starts ${local?.time ?? text} local`);
}

/** Whether a call's time is a number, which alone says nothing of its zone. */
export function isTimestamp(text: string | undefined): text is string {
  return text !== undefined && /^[1-9]\d{0,11}$/.test(text);
}
