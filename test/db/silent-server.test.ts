import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

import type { Knex } from "knex";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { mysqlDialect, openMysql } from "../../src/db/mysql.ts";
import { type DatabaseServer, hasProgram } from "../harness/servers.ts";
import { useMariaDb } from "../harness/shared-mariadb.ts";

const ANSWER_TIMEOUT_MS = 1_000;

/** The way to the server. Cut off, it says nothing any more; no reset tells the ends of it. */
class Line {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  isCut = false;

  constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect(target, "127.0.0.1");
      this.#sockets.push(near, far);
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        from.on("data", (bytes) => this.isCut || to.write(bytes));
        from.on("error", () => undefined);
      }
    });
  }

  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

describe.runIf(hasProgram("mariadbd"))("a database that falls silent", () => {
  const { failureOf } = mysqlDialect("MariaDB");
  let mariaDb: DatabaseServer;
  let line: Line;
  let knex: Knex;

  beforeAll(async () => {
    mariaDb = await useMariaDb();
  });
  afterAll(() => mariaDb.stop());
  beforeEach(async () => {
    const url = new URL(await mariaDb.newDatabase());
    line = new Line(Number(url.port));
    url.port = String(await line.open());
    knex = openMysql(url.href, ANSWER_TIMEOUT_MS);
    await knex.raw("CREATE TABLE calls (id INT PRIMARY KEY)");
  });
  afterEach(async () => {
    line.close();
    await knex.destroy();
  });

  it("counts as away, and is used again on a new connection once it answers", async () => {
    line.isCut = true;

    const error: unknown = await knex("calls")
      .insert({ id: 1 })
      .catch((cause: unknown) => cause);
    line.isCut = false;
    await knex("calls").insert({ id: 2 });

    expect(failureOf(error)).toBe("unavailable");
    expect(await knex("calls").select("id")).toEqual([{ id: 2 }]);
  });

  it("holds up no transaction for ever, not even in its COMMIT", async () => {
    const error: unknown = await knex
      .transaction(async (trx) => {
        await trx("calls").insert({ id: 1 });
        line.isCut = true;
      })
      .catch((cause: unknown) => cause);
    line.isCut = false;
    await knex("calls").insert({ id: 2 });

    expect(failureOf(error)).toBe("unavailable");
    expect(await knex("calls").select("id")).toEqual([{ id: 2 }]);
  });
});
