import type { EffectResult, EffectSteps, LedgerEntry } from "../sdk/context.ts";
import { kindOf, messageOf, PermanentError } from "../sdk/errors.ts";
import type { EffectOwner, EffectStore } from "./effect-store.ts";

export interface EffectRules {
  /** What to do when nobody can say whether an earlier try got through. */
  whenUnsure: "resend" | "ask";
  signal: AbortSignal;
}

/**
 * Does a thing outside once. The ledger is written before and after: a try that never came back
 * leaves `started` behind, and then the other side is asked before anything is done again.
 *
 * @throws PermanentError when it may have been done, nobody can say, and a person has to look.
 */
export async function performEffect(
  store: EffectStore,
  owner: EffectOwner,
  { whenUnsure, signal }: EffectRules,
  key: string,
  steps: EffectSteps,
): Promise<EffectResult> {
  signal.throwIfAborted();
  const before = await store.start(owner, key);
  if (before?.state === "done") return resultOf(before);

  const idempotencyKey = [owner.handler, owner.scope, key].join("|");
  if (before?.state === "started") {
    const found = await steps.find?.(idempotencyKey);
    if (found !== undefined && found !== "unknown") {
      await store.finish(owner, key, found);
      return found;
    }
    const isUnknown = found === "unknown" || !steps.find;
    if (isUnknown && whenUnsure === "ask") {
      throw new PermanentError(`${key}: an earlier try broke off and may have got through; look`);
    }
  }
  signal.throwIfAborted();
  return perform(store, owner, key, () => steps.perform(idempotencyKey));
}

async function perform(
  store: EffectStore,
  owner: EffectOwner,
  key: string,
  step: () => Promise<EffectResult>,
): Promise<EffectResult> {
  let result: EffectResult;
  try {
    result = await step();
  } catch (error) {
    if (isCertainlyNotDone(error)) await store.fail(owner, key, messageOf(error));
    throw error;
  }
  await store.finish(owner, key, result);
  return result;
}

/** Our own errors say whether it may have happened; of anything else nobody knows. */
function isCertainlyNotDone(error: unknown): boolean {
  const { mayHaveHappened } = error as { mayHaveHappened?: boolean };
  return kindOf(error) !== undefined && mayHaveHappened !== true;
}

function resultOf(entry: LedgerEntry): EffectResult {
  const { externalId, link, progress, summary, data } = entry;
  return {
    ...(externalId !== undefined && { externalId }),
    ...(link !== undefined && { link }),
    ...(progress !== undefined && { progress }),
    ...(summary !== undefined && { summary }),
    ...(data !== undefined && { data }),
  };
}
