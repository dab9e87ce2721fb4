import { setTimeout as sleep } from "node:timers/promises";

import Mysql2Client, {
  type Mysql2Connection,
  type Mysql2Query,
} from "knex/lib/dialects/mysql2/index.js";

import { codeOf } from "./dialect.ts";

/**
 * A server, or the way to it, that has been silent for so long is given up. Longer than a Galera
 * cluster takes to put a lost node out (15 s), for commits wait for that.
 */
export const ANSWER_TIMEOUT_MS = 20_000;

/** Beyond it a statement that stands alone is not tried again. */
const REPEAT_FOR_MS = 10_000;
const MAX_PAUSE_MS = 200;

const CONFLICT = new Set([
  "ER_LOCK_DEADLOCK", // also how Galera reports a failed certification
  "ER_LOCK_WAIT_TIMEOUT",
  "ER_CHECKREAD",
]);

/** Changes of the schema take as long as the tables are large. */
const SCHEMA_CHANGE = /^\s*(create|alter|drop)\s/i;

/**
 * knex's client, which besides
 * - gives a statement up that gets no answer, and its connection with it: a host that is cut off
 *   sends no reset, and would be waited for without end;
 * - repeats a statement that stands alone when somebody else was in the way. On Galera any write
 *   can fail its certification. Inside a transaction the whole of it must run again instead.
 */
export class PatientMysqlClient extends Mysql2Client {
  override async _query(connection: Mysql2Connection, query: Mysql2Query): Promise<Mysql2Query> {
    const deadline = performance.now() + REPEAT_FOR_MS;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await super._query(connection, withTimeout(query, this.config.answerTimeoutMs));
      } catch (error) {
        if (codeOf(error) === "PROTOCOL_SEQUENCE_TIMEOUT") abandon(connection);
        const mayRepeat = this.transacting !== true && isConflict(error);
        if (!mayRepeat || performance.now() > deadline) throw error;
        await sleep(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** attempt));
      }
    }
  }
}

export function isConflict(error: unknown): boolean {
  return CONFLICT.has(codeOf(error));
}

function withTimeout(query: Mysql2Query, timeout = ANSWER_TIMEOUT_MS): Mysql2Query {
  if (SCHEMA_CHANGE.test(query.sql)) return query;
  query.options = { ...query.options, timeout };
  return query;
}

/** Not the polite way: a farewell would wait in line behind the statement that has no answer. */
function abandon(connection: Mysql2Connection): void {
  connection.destroy();
  connection.stream.destroy();
}
