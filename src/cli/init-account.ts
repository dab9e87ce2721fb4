import type { z } from "zod";

import { httpClient } from "../http/http-client.ts";
import { createLog } from "../log.ts";
import type { AnyIntegration } from "../registry/loaded-integration.ts";
import { messageOf } from "../sdk/errors.ts";
import type { SourceDescription } from "../sdk/source.ts";
import type { Prompts } from "./init-prompts.ts";
import { type GivenSettings, type InitSetting, type InitSource, sourceOf } from "./init-source.ts";
import { setUpSummary } from "./set-up-words.ts";

/** Somebody waits for the next question. */
const LONGEST_MS = 15_000;

/** What is known of an account before it is written down. */
export interface Account {
  given: GivenSettings;
  /** Absent when the booking system was not asked, or did not tell. */
  setUp?: SourceDescription;
}

/**
 * Asks for the key of an account and reads how it is set up there. Without a key, and when the
 * booking system does not tell, everything is asked of the person instead.
 */
export async function askAccount(prompts: Prompts, integration: AnyIntegration): Promise<Account> {
  if (!integration.describe) return { given: {} };
  const source = sourceOf(integration);
  for (;;) {
    const given = await askAccess(prompts, source);
    if (Object.keys(given).length === 0) return { given };

    prompts.say(`Asking ${source.name} …`);
    const reading = await readSetUp(integration, given);
    if ("setUp" in reading) {
      const words = setUpSummary(reading.setUp);
      prompts.say(`${source.name} says: ${words === "" ? "nothing of the account" : words}`);
      return { given, setUp: reading.setUp };
    }
    prompts.say(`${source.name} cannot be read: ${reading.why}`);
    if (await prompts.confirm("Try again with another key?")) continue;
    // What nobody can read would keep Bellhop from starting.
    return { given: reading.isReadable ? given : {} };
  }
}

/** What an operator has to know by heart; nothing when there is no key. */
async function askAccess(prompts: Prompts, { name, settings }: InitSource): Promise<GivenSettings> {
  const [key, ...secrets] = settings.filter(({ variable }) => variable !== undefined);
  if (!key) return {};
  const numbers = settings.filter(({ standard, variable }) => !variable && standard === undefined);
  const given: Record<string, string> = {};
  for (const setting of [key, ...numbers, ...secrets]) {
    const message = `${name} ${setting.key}, may stay empty. ${setting.description}`;
    const answer = (await ask(prompts, setting, message)).trim();
    if (answer !== "") given[setting.key] = answer;
    else if (setting === key) return {};
  }
  return given;
}

function ask(prompts: Prompts, { variable }: InitSetting, message: string): Promise<string> {
  return variable === undefined ? prompts.text({ message }) : prompts.secret(message);
}

type Reading = { setUp: SourceDescription } | { why: string; isReadable: boolean };

async function readSetUp(integration: AnyIntegration, given: GivenSettings): Promise<Reading> {
  const parsed = (integration.config as z.ZodType).safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    return { why: faults.join("; "), isReadable: false };
  }
  try {
    const setUp = await integration.describe?.({
      config: parsed.data,
      log: createLog("silent"),
      clock: { now: Date.now },
      http: httpClient,
      signal: AbortSignal.timeout(LONGEST_MS),
    });
    return { setUp: setUp ?? { parts: [] } };
  } catch (error) {
    return { why: messageOf(error), isReadable: true };
  }
}
