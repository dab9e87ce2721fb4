import knex, { type Knex } from "knex";
import type { Connection } from "mysql2";

import { codeOf, type Dialect, type Failure, silentLogger } from "./dialect.ts";
import { ANSWER_TIMEOUT_MS, isConflict, PatientMysqlClient } from "./mysql-client.ts";

const CONNECT_TIMEOUT_MS = 5_000;
/** After so much silence the system asks whether the server is still there. */
const KEEP_ALIVE_MS = 10_000;
const MAX_CONNECTIONS = 10;

const UNAVAILABLE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "PROTOCOL_CONNECTION_LOST",
  "PROTOCOL_SEQUENCE_TIMEOUT",
  "ER_SERVER_SHUTDOWN",
  "ER_NORMAL_SHUTDOWN",
  "ER_CON_COUNT_ERROR",
  "ER_TOO_MANY_USER_CONNECTIONS",
  "ER_USER_LIMIT_REACHED",
  "ER_QUERY_INTERRUPTED",
  "ER_DISK_FULL",
  "ER_RECORD_FILE_FULL",
  "ER_OPTION_PREVENTS_STATEMENT", // read-only, as during a fail-over
  "ER_UNKNOWN_COM_ERROR", // a Galera node that is not ready
  "ER_ERROR_DURING_COMMIT", // a Galera node that lost the others meanwhile
]);

/** `ER_CONNECTION_KILLED`: MariaDB's own, the driver has no name for it. */
const CONNECTION_KILLED = 1927;

/** @param version What the server answers to `SELECT VERSION()`; only the making of tables needs it. */
export function mysqlDialect(version: string): Dialect {
  // A padding collation takes `a1` and `a1 ` for one key. The two servers name the other kind apart.
  const keyCollation = version.includes("MariaDB") ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin";
  return {
    name: "mysql",
    nowMs: "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)",
    failureOf,
    inserted: (column) => `VALUES(${column})`,
    patience: (ms) => `SET SESSION innodb_lock_wait_timeout = ${Math.ceil(ms / 1000)}`,
    keyColumn: (table, name, length) => table.string(name, length).collate(keyCollation),
    bytesColumn: (table, name) => table.specificType(name, "longblob"),
  };
}

function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  if (isConflict(error)) return "conflict";
  if (code === "ER_DUP_ENTRY") return "duplicate";
  if (UNAVAILABLE.has(code)) return "unavailable";
  const { name, errno, fatal } = (error ?? {}) as Record<string, unknown>;
  // knex's pool found no free or new connection in time.
  if (name === "KnexTimeoutError" || errno === CONNECTION_KILLED) return "unavailable";
  // A connection that broke before the statement was sent: the driver has no code for it.
  if (code === "" && fatal === true) return "unavailable";
  return "other";
}

const SESSION = [
  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
  "SET SESSION innodb_lock_wait_timeout = 5",
];

/**
 * On Galera a lone INSERT waits until its node has what was committed on any node before. So the
 * positions in the inbox follow what senders saw answered, by whichever node; of themselves the
 * nodes count independently of each other. Inside a transaction it does not wait, nor needs to.
 */
const WAIT_BEFORE_INSERT = "SET SESSION wsrep_sync_wait = 4";

/**
 * @param url `mysql://user:password@host:port/database`
 * @param answerTimeoutMs After so long without an answer a statement fails and its connection goes.
 */
export function openMysql(url: string, answerTimeoutMs = ANSWER_TIMEOUT_MS): Knex {
  const config: Knex.Config & { answerTimeoutMs: number } = {
    client: PatientMysqlClient as unknown as typeof Knex.Client,
    answerTimeoutMs,
    connection: {
      uri: url,
      charset: "utf8mb4",
      timezone: "Z",
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      supportBigNumbers: true,
    },
    compileSqlOnError: false,
    log: silentLogger,
    acquireConnectionTimeout: CONNECT_TIMEOUT_MS,
    pool: {
      min: 0,
      max: MAX_CONNECTIONS,
      afterCreate: (
        connection: Connection,
        done: (error: unknown, connection?: Connection) => void,
      ) => {
        prepareSession(connection).then(
          () => {
            done(null, connection);
          },
          (error: unknown) => {
            done(error);
          },
        );
      },
    },
  };
  return knex(config);
}

async function prepareSession(connection: Connection): Promise<void> {
  for (const sql of SESSION) await ask(connection, sql);
  const galera = await ask(connection, "SHOW VARIABLES LIKE 'wsrep_on'");
  if (galera.some(({ Value }) => Value === "ON")) await ask(connection, WAIT_BEFORE_INSERT);
}

async function ask(connection: Connection, sql: string): Promise<{ Value?: string }[]> {
  const [rows] = await connection.promise().query({ sql, timeout: CONNECT_TIMEOUT_MS });
  return Array.isArray(rows) ? (rows as { Value?: string }[]) : [];
}
