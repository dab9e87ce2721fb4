import { connect } from "node:net";
import { text } from "node:stream/consumers";

import { createConnection } from "mysql2/promise";

import { type DatabaseServer, startMariaDb, urlOn } from "./servers.ts";

/** Names the socket at which the run says where its server is. */
export const OFFER = "TESTS_MARIADB";

let count = 0;

/**
 * The run's one MariaDB server, for suites that do nothing to it: an own one takes seconds to start.
 * Where none is offered it is an own one all the same.
 */
export async function useMariaDb(): Promise<DatabaseServer> {
  const socket = process.env[OFFER];
  return socket === undefined ? startMariaDb() : (shared ??= await offered(socket));
}

let shared: DatabaseServer | undefined;

async function offered(socket: string): Promise<DatabaseServer> {
  const answer = await text(connect(socket));
  const port = Number(answer);
  if (Number.isNaN(port)) throw new Error(answer);
  return {
    urlOf: (database) => urlOn(port, database),
    newDatabase: async () => {
      // Other processes of the run make databases too.
      const name = `test_${process.pid}_${(count += 1)}`;
      await execute(urlOn(port, ""), `CREATE DATABASE ${name}`);
      return urlOn(port, name);
    },
    // It goes on for the others, and ends with the run.
    stop: () => Promise.resolve(),
  };
}

/** Runs statements on a connection of their own. */
export async function execute(url: string, sql: string): Promise<unknown> {
  const connection = await createConnection({ uri: url, multipleStatements: true });
  try {
    return (await connection.query(sql))[0];
  } finally {
    await connection.end();
  }
}
