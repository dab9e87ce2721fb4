import type { EffectStore } from "../effects/effect-store.ts";
import { type EffectRules, noteEffect } from "../effects/perform-effect.ts";
import type { EffectOwner } from "../effects/effect-store.ts";
import type { HandlerContext, LedgerEntry, Mail } from "../sdk/context.ts";
import type { OAuthTokens } from "../sdk/oauth.ts";
import { inertHttp, inertMail, inertTokens } from "./inert-tools.ts";
import type { JobOutcome } from "./outcome.ts";

/** What a job in shadow borrows: everything but a way out. */
export class ShadowRun {
  #refusedHost: string | undefined;

  tools(
    given: { mail: Mail; ledger: readonly LedgerEntry[]; tokens: OAuthTokens },
    effects: EffectStore,
    owner: EffectOwner,
    rules: EffectRules,
  ): Pick<HandlerContext<unknown>, "effect" | "ledger" | "mail" | "http" | "tokens"> {
    return {
      effect: (key, steps) => noteEffect(effects, owner, rules, key, steps),
      // Among themselves they count, so that the second voucher is the second one.
      ledger: given.ledger.map((entry) =>
        entry.state === "would" ? { ...entry, state: "done" } : entry,
      ),
      mail: inertMail(given.mail, () => undefined),
      http: inertHttp("in shadow nobody is called", (_, host) => {
        this.#refusedHost ??= host;
      }),
      tokens: inertTokens(given.tokens),
    };
  }

  /** A handler that got no answer would fail for ever: how it would go on, nobody knows. */
  outcomeOf(outcome: JobOutcome): JobOutcome {
    const { state, reason, isHandedBack } = outcome;
    if (isHandedBack) return outcome;
    if (state === "done" || state === "skipped") return { state, reason: `shadow: ${reason}` };
    if (this.#refusedHost === undefined) return outcome;
    return { state: "skipped", reason: `shadow: would call ${this.#refusedHost}` };
  }
}
