import knex, { type Knex } from "knex";
import type { Connection } from "mysql2";

import { codeOf, type Dialect, type Failure, silentLogger } from "./dialect.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const MAX_CONNECTIONS = 10;

const CONFLICT = new Set([
  "ER_LOCK_DEADLOCK", // also how Galera reports a failed certification
  "ER_LOCK_WAIT_TIMEOUT",
  "ER_CHECKREAD",
]);

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
  "ER_CON_COUNT_ERROR",
  "ER_QUERY_INTERRUPTED",
  "ER_DISK_FULL",
  "ER_RECORD_FILE_FULL",
  "ER_OPTION_PREVENTS_STATEMENT", // read-only, as during a fail-over
  "ER_UNKNOWN_COM_ERROR", // a Galera node that is not ready
]);

/** @param version What the server answers to `SELECT VERSION()`. */
export function mysqlDialect(version: string): Dialect {
  // A padding collation takes `a1` and `a1 ` for one key. The two servers name the other kind apart.
  const keyCollation = version.includes("MariaDB") ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin";
  return {
    name: "mysql",
    nowMs: "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)",
    failureOf,
    inserted: (column) => `VALUES(${column})`,
    keyColumn: (table, name, length) => table.string(name, length).collate(keyCollation),
    bytesColumn: (table, name) => table.specificType(name, "longblob"),
  };
}

function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  if (CONFLICT.has(code)) return "conflict";
  if (code === "ER_DUP_ENTRY") return "duplicate";
  if (UNAVAILABLE.has(code) || isOfClosedConnection(error)) return "unavailable";
  // knex's pool found no free or new connection in time.
  if ((error as { name?: unknown } | null)?.name === "KnexTimeoutError") return "unavailable";
  return "other";
}

/** mysql2 refuses a command on a connection that has ended with an error that has no code. */
function isOfClosedConnection(error: unknown): boolean {
  return codeOf(error) === "" && (error as { fatal?: unknown } | null)?.fatal === true;
}

const SESSION = [
  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
  "SET SESSION innodb_lock_wait_timeout = 5",
];

/** @param url `mysql://user:password@host:port/database` */
export function openMysql(url: string): Knex {
  return knex({
    client: "mysql2",
    connection: {
      uri: url,
      charset: "utf8mb4",
      timezone: "Z",
      connectTimeout: CONNECT_TIMEOUT_MS,
      supportBigNumbers: true,
    } as Knex.MySql2ConnectionConfig,
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
  });
}

async function prepareSession(connection: Connection): Promise<void> {
  for (const statement of SESSION) await connection.promise().query(statement);
}
