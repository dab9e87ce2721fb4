import type { Knex } from "knex";

import type { Database } from "../db/database.ts";

/**
 * What the ledger says is done is not there any more: it counts as begun and not ended, so that the next
 * run looks for it under its key and does it again where it is not found.
 *
 * @returns how many; those that have moved on meanwhile stay as they are.
 */
export async function reopenEffects(
  trx: Knex.Transaction,
  { dialect }: Pick<Database, "dialect">,
  { handler, scope }: { handler: string; scope: string },
  keys: readonly string[],
): Promise<number> {
  if (keys.length === 0) return 0;
  return trx("effects")
    .where({ handler, scope })
    .whereIn("effect_key", [...keys])
    .whereRaw("COALESCE(state, '') = 'done'")
    .update({ state: "started", token: null, updated_at: trx.raw(dialect.nowMs) });
}
