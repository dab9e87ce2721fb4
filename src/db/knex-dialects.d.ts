// knex ships no types for its dialect classes, which its documentation asks to extend for variants.
declare module "knex/lib/dialects/better-sqlite3/index.js" {
  import type { Knex } from "knex";
  import type { Database } from "better-sqlite3";

  export interface QueryObject {
    sql: string;
    bindings?: unknown[];
    response?: unknown;
    context?: { lastID: number | bigint; changes: number };
  }

  export default class BetterSqlite3Client extends (Object as unknown as new (
    config: Knex.Config,
  ) => object) {
    constructor(config: Knex.Config);
    _query(connection: Database, query: QueryObject): Promise<QueryObject>;
    _formatBindings(bindings: unknown[] | undefined): unknown[];
  }
}
