import type { Knex } from "knex";

import type { Dialect } from "../dialect.ts";
import type { Migration } from "../migrate.ts";

/** Of the hashes that stand for people's keys. */
const HASH = 32;
const HASHES = 191;

export const everyoneOnce: Migration = {
  id: "0007-everyone-once",
  tables: (schema, dialect) => [
    personKeys(schema, dialect),
    subjectsByPersonKey(schema),
    personAliases(schema, dialect),
  ],
};

type Schema = Knex.SchemaBuilder;

/** Hash of what tells the guest of a booking apart best; null: not worked out yet. */
function personKeys(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.alterTable("subjects", (table) => {
    keyColumn(table, "person_key", HASH).nullable();
  });
}

function subjectsByPersonKey(schema: Schema): Schema {
  return schema.alterTable("subjects", (table) => {
    table.index(["person_key"], "subjects_person_key");
  });
}

/** By what people are known, as hashes: nobody's address or name is in here. */
function personAliases(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.createTable("person_aliases", (table) => {
    keyColumn(table, "alias", HASH).notNullable().primary();
    keyColumn(table, "person", HASH).notNullable().index("person_aliases_person");
    // What subjects with this alias are filed under.
    keyColumn(table, "person_key", HASH).notNullable();
    // Of the words of the name that came with it.
    keyColumn(table, "words", HASHES).notNullable();
    // Of a booking: the persons whose it was before.
    keyColumn(table, "formerly", HASHES).notNullable();
  });
}
