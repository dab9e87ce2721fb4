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

declare module "knex/lib/dialects/mysql2/index.js" {
  import type { Knex } from "knex";
  import type { Connection } from "mysql2";

  export interface Mysql2Query {
    sql: string;
    bindings?: unknown[];
    /** Handed on to the driver. */
    options?: { timeout?: number };
  }

  export type Mysql2Connection = Connection & { stream: { destroy(): void } };

  export default class Mysql2Client extends (Object as unknown as new (
    config: Knex.Config,
  ) => object) {
    constructor(config: Knex.Config);
    readonly config: Knex.Config & { answerTimeoutMs?: number };
    /** True for the clients that knex makes for its transactions. */
    readonly transacting?: boolean;
    _query(connection: Mysql2Connection, query: Mysql2Query): Promise<Mysql2Query>;
  }
}
