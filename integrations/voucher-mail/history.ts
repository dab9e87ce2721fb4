import type { LedgerEntry } from "#sdk";

export type EffectKind = "voucher" | "cancellation" | "noAddress";

/** One earlier effect of this handler for this booking. */
export interface Past {
  kind: EffectKind;
  ordinal: number;
  key: string;
  isDone: boolean;
  /** What it said; unknown of one that never ended. */
  hash: string | undefined;
  /** Whether those it was meant for have it: rehearsals went to the office instead. */
  hasArrived: boolean;
  /** Whether it may have arrived although nobody knows. */
  isUnsure: boolean;
}

const PREFIXES: Readonly<Record<EffectKind, string>> = {
  voucher: "voucher:v",
  cancellation: "cancellation:",
  noAddress: "no-address:",
};

/** What was done for this booking so far, oldest first, as it counts in the present mode. */
export function historyOf(ledger: readonly LedgerEntry[], isRehearsal: boolean): Past[] {
  return ledger.flatMap((entry) => {
    const found = Object.entries(PREFIXES).find(([, prefix]) => entry.key.startsWith(prefix));
    if (!found) return [];
    const kind = found[0] as EffectKind;
    const { hash, audience, reader } = entry.data ?? {};
    // What was only noted in shadow, the guest has from whatever wrote to guests until then.
    const isFromBefore = entry.state === "would";
    const isDone = entry.state === "done" || isFromBefore;
    const isMeantForOffice = kind === "noAddress" || reader === "office";
    return {
      kind,
      ordinal: Number(entry.key.slice(found[1].length)),
      key: entry.key,
      isDone,
      hash: typeof hash === "string" ? hash : undefined,
      hasArrived:
        isFromBefore || (isDone && (isRehearsal || isMeantForOffice || audience === "guest")),
      isUnsure: entry.state === "started",
    };
  });
}

/** The last thing that has arrived, and what was begun after it without an end. */
export function lastOf(history: readonly Past[]): { last: Past | undefined; open: Past[] } {
  const at = history.findLastIndex(({ hasArrived }) => hasArrived);
  return { last: history[at], open: history.slice(at + 1).filter(({ isDone }) => !isDone) };
}

/**
 * The key of the next effect of a kind. One that was begun and never ended is taken up again, so
 * that the ledger can find out whether it got through; of other content it needs its own key.
 */
export function nextKey(history: readonly Past[], kind: EffectKind, hash: string) {
  const begun = lastOf(history).open.findLast(
    (past) => past.kind === kind && (past.hash === undefined || past.hash === hash),
  );
  if (begun) return { key: begun.key, ordinal: begun.ordinal };
  const ordinals = history.flatMap((past) => (past.kind === kind ? [past.ordinal] : []));
  const ordinal = Math.max(0, ...ordinals) + 1;
  return { key: `${PREFIXES[kind]}${ordinal}`, ordinal };
}
