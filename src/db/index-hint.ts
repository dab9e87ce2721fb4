import type { Knex } from "knex";

import type { Database } from "./database.ts";

/**
 * A table read through one named index. Lists say themselves which index serves which filters:
 * left to the planner the choice would follow statistics, and a list that was fast on Monday
 * would read a million rows on Tuesday.
 *
 * @param index Undefined means the primary key.
 */
export function tableBy(db: Database, table: string, index: string | undefined): Knex.Raw {
  const { knex, dialect } = db;
  if (dialect.name === "mysql") {
    return knex.raw("?? FORCE INDEX (??)", [table, index ?? "PRIMARY"]);
  }
  if (index === undefined) return knex.raw("?? NOT INDEXED", [table]);
  return knex.raw("?? INDEXED BY ??", [table, index]);
}
