import type { EffectResult, EffectSteps, LedgerEntry } from "../sdk/context.ts";
import { unlessAborted } from "../sdk/unless-aborted.ts";
import { kindOf, messageOf, PermanentError } from "../sdk/errors.ts";
import type { EffectOwner, EffectStore } from "./effect-store.ts";
import type { Fence } from "./fence.ts";
import { HandedBackError } from "./handed-back.ts";

export interface EffectRules {
  /** What to do when nobody can say whether an earlier try got through. */
  whenUnsure: "resend" | "ask";
  /** Whether, and how much longer, we may act for the lane. */
  fence: Fence;
  /** Aborted when the handler's time is up or the lease is over: nobody waits any longer then. */
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
  rules: EffectRules,
  key: string,
  steps: EffectSteps,
): Promise<EffectResult> {
  const { whenUnsure, fence, signal } = rules;
  signal.throwIfAborted();
  const before = await store.start(owner, key, fence, steps);
  if (before?.state === "done") return resultOf(before);

  const idempotencyKey = [owner.handler, owner.scope, key].join("|");
  if (before?.state === "started") {
    const found = await steps.find?.(idempotencyKey);
    if (found !== undefined && found !== "unknown") {
      await store.finish(owner, key, fence, found);
      return found;
    }
    const isUnknown = found === "unknown" || !steps.find;
    if (isUnknown && whenUnsure === "ask") {
      throw new PermanentError(`${key}: an earlier try broke off and may have got through; look`);
    }
  }
  signal.throwIfAborted();
  // The process may have been stopped since the database was asked; what comes now cannot be undone.
  if (fence.remainingMs() <= 0) throw new HandedBackError(`${key}: the lease is over`);
  const performing = perform(store, owner, fence, key, () => steps.perform(idempotencyKey));
  // A try that outlives the lease is given up, but how it ends is noted if nobody was faster.
  return unlessAborted(performing, signal);
}

/** Says in the ledger what would be done, and does nothing: for handlers in shadow. */
export async function noteEffect(
  store: EffectStore,
  owner: EffectOwner,
  { fence, signal }: Pick<EffectRules, "fence" | "signal">,
  key: string,
  { plan, data, period }: EffectSteps,
): Promise<EffectResult> {
  signal.throwIfAborted();
  const planned = { summary: `would ${plan ?? `do ${key}`}`, ...(data && { data }) };
  const filed = { ...planned, ...(period !== undefined && { period }) };
  const before = await store.note(owner, key, fence, filed);
  return before ? resultOf(before) : planned;
}

async function perform(
  store: EffectStore,
  owner: EffectOwner,
  fence: Fence,
  key: string,
  step: () => Promise<EffectResult>,
): Promise<EffectResult> {
  let result: EffectResult;
  try {
    result = await step();
  } catch (error) {
    if (isCertainlyNotDone(error)) await store.fail(owner, key, fence, messageOf(error));
    throw error;
  }
  await store.finish(owner, key, fence, result);
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
