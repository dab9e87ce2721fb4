import { Bellhop } from "./bellhop.ts";
import { compose } from "./compose.ts";
import { layFoundation } from "./foundation.ts";
import { createLog } from "./log.ts";
import { parseRoles } from "./roles.ts";
import type { HookReceiver } from "./receive/hook-receiver.ts";
import { type Environment, readEnvironment } from "./settings/environment.ts";
import { readSettings } from "./settings/settings.ts";

export type { HookReceiver };

/** Bellhop without a server of its own, inside somebody's Express app. */
export interface EmbeddedBellhop {
  /** Answers `/hooks/…` and passes everything else on. Mount it before any body parser. */
  readonly receiver: HookReceiver;
  /** Finishes what runs and closes the store. Stop the app's own server first. */
  stop(): Promise<void>;
}

export interface EmbeddingOptions {
  /** As of `bellhop start --role`; default: answer calls and do the work. */
  role?: string;
  /** Default: the process's variables and `.env`, as of `bellhop start`. */
  environment?: Environment;
}

/**
 * Opens the store, starts the work and hands over the receiver as a middleware.
 *
 * @throws SettingsError with a line for each fault of the configuration.
 */
export async function openBellhop({
  role = "receive,work",
  environment = readEnvironment(),
}: EmbeddingOptions = {}): Promise<EmbeddedBellhop> {
  const settings = readSettings(environment);
  const log = createLog(settings.logLevel);
  const bellhop = compose(await layFoundation(settings, parseRoles(role), log)).resolve(Bellhop);
  await bellhop.startWork();
  return { receiver: bellhop.receiver, stop: () => bellhop.stop() };
}
