import type { Knex } from "knex";

import type { Dialect } from "../dialect.ts";
import type { Migration } from "../migrate.ts";

const ID = 36;
const NAME = 191;

export const unbreakable: Migration = {
  id: "0002-unbreakable",
  tables: (schema, dialect) => [
    laneHangs(schema),
    effectTries(schema, dialect),
    pauseTries(schema),
    replays(schema, dialect),
    incidents(schema, dialect),
    hourlyCounts(schema, dialect),
  ],
};

type Schema = Knex.SchemaBuilder;

/** Times in a row that a job of the lane stopped its process by looping without end. */
function laneHangs(schema: Schema): Schema {
  return schema.alterTable("lanes", (table) => {
    table.integer("hangs").notNullable().defaultTo(0);
  });
}

/** Whose try an effect is: the lane's token then. A late worker cannot end somebody else's. */
function effectTries(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.alterTable("effects", (table) => {
    keyColumn(table, "token", ID).nullable();
  });
}

/** How often in a row the breaker of a handler has opened: each time it stays so for longer. */
function pauseTries(schema: Schema): Schema {
  return schema.alterTable("pauses", (table) => {
    table.integer("tries").notNullable().defaultTo(0);
  });
}

/** A replay of many: how far it has got, so that a restart goes on from there. */
function replays(schema: Schema, { keyColumn, bytesColumn }: Dialect): Schema {
  return schema.createTable("replays", (table) => {
    table.bigIncrements("position");
    keyColumn(table, "id", ID).notNullable().unique({ indexName: "replays_id" });
    keyColumn(table, "kind", 16).notNullable();
    keyColumn(table, "state", 16).notNullable().index("replays_state");
    // Positions up to this one are done with; those above `below` came later and are not meant.
    table.bigInteger("above").notNullable().defaultTo(0);
    table.bigInteger("below").notNullable();
    table.bigInteger("count").notNullable().defaultTo(0);
    table.bigInteger("created_at").notNullable();
    table.bigInteger("updated_at").notNullable();
    bytesColumn(table, "filters").notNullable();
  });
}

/** Something that needs a person, from when it was noticed until it is over. Told once each way. */
function incidents(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.createTable("incidents", (table) => {
    table.bigIncrements("position");
    keyColumn(table, "id", ID).notNullable().unique({ indexName: "incidents_id" });
    // What it is about, such as `silent:bikes`. At most one of a name is open.
    keyColumn(table, "name", NAME).notNullable();
    keyColumn(table, "kind", 32).notNullable();
    // `name` while it is open, null afterwards: the unique key lets one process open it.
    keyColumn(table, "open_name", NAME).nullable().unique({ indexName: "incidents_open" });
    table.string("reason", 1000).notNullable();
    table.bigInteger("opened_at").notNullable();
    table.bigInteger("closed_at").nullable();
    table.index(["name"], "incidents_name");
  });
}

/** What happened in each hour, by name: the usual rhythm that the unusual is told by. */
function hourlyCounts(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.createTable("hourly_counts", (table) => {
    keyColumn(table, "name", NAME).notNullable();
    // Whole hours since 1970.
    table.integer("hour").notNullable();
    // Each process adds to rows of its own, as with `counters`.
    table.integer("shard").notNullable();
    table.bigInteger("value").notNullable();
    table.primary(["name", "hour", "shard"]);
    table.index(["hour"], "hourly_counts_hour");
  });
}
