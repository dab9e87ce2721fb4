import type { Knex } from "knex";

import type { Dialect } from "../dialect.ts";
import type { Migration } from "../migrate.ts";

const ID = 36;
const NAME = 64;
const HASH = 64;
const KEY_ID = 16;

export const connected: Migration = {
  id: "0005-connected",
  tables: (schema, dialect) => [oauthTokens(schema, dialect), connectLinks(schema, dialect)],
};

type Schema = Knex.SchemaBuilder;

/** What an instance of an integration may use somebody's account with. */
function oauthTokens(schema: Schema, { keyColumn, bytesColumn }: Dialect): Schema {
  return schema.createTable("oauth_tokens", (table) => {
    keyColumn(table, "instance", NAME).notNullable().primary();
    // Moves with every new token; whoever writes one names the version it replaces.
    table.integer("version").notNullable();
    // When the access token ends, by the database's clock; 0: the other side refused it before.
    table.bigInteger("expires_at").notNullable();
    // The process that refreshes, and how long nobody else may.
    keyColumn(table, "claim", ID).notNullable().defaultTo("");
    table.bigInteger("claim_until").notNullable().defaultTo(0);
    // Why a person has to connect again; null while all is well.
    table.string("refused", 1000).nullable();
    // Which key the tokens were sealed with.
    keyColumn(table, "key_id", KEY_ID).notNullable();
    bytesColumn(table, "sealed").notNullable();
    // What the integration keeps with them, such as which of several accounts it is.
    bytesColumn(table, "account").notNullable();
    table.bigInteger("updated_at").notNullable();
  });
}

/** Links by which a person gives Bellhop access, each good for a while and for one time. */
function connectLinks(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.createTable("connect_links", (table) => {
    // Hash of the token in the link: who reads the table cannot open one.
    keyColumn(table, "id", HASH).notNullable().primary();
    keyColumn(table, "instance", NAME).notNullable();
    // `open`, `busy` while an answer is looked at, `done`
    keyColumn(table, "state", 16).notNullable();
    table.bigInteger("expires_at").notNullable();
    // How the last try ended, for the person who waits.
    table.string("line", 1000).nullable();
    table.index(["expires_at"], "connect_links_expires_at");
  });
}
