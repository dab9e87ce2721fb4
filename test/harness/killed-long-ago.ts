import type { Database } from "../../src/db/database.ts";

/**
 * As if whoever was killed had been killed a while ago: what it owned and what it was doing is free
 * now, not in ten seconds. That others take over in time is proved where nobody helps them.
 */
export async function killedLongAgo({ knex }: Database): Promise<void> {
  await knex("owners").update({ until: 0 });
  await knex("lanes").whereNotNull("token").update({ due_at: 0 });
}
