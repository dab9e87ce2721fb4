import type { Knex } from "knex";

import type { Dialect } from "../dialect.ts";
import type { Migration } from "../migrate.ts";

const ID = 36;
const NAME = 64;
const SUBJECT = 255;

export const nothingMissed: Migration = {
  id: "0003-nothing-missed",
  tables: (schema, dialect) => [
    comparisons(schema, dialect),
    differences(schema, dialect),
    comparedDays(schema, dialect),
  ],
};

type Schema = Knex.SchemaBuilder;

/** An import or a comparison with the source: what is asked for and how far it has got. */
function comparisons(schema: Schema, { keyColumn, bytesColumn }: Dialect): Schema {
  return schema.createTable("comparisons", (table) => {
    table.bigIncrements("position");
    keyColumn(table, "id", ID).notNullable().unique({ indexName: "comparisons_id" });
    keyColumn(table, "connection", NAME).notNullable();
    // `import` or `reconcile`
    keyColumn(table, "kind", 16).notNullable();
    // `open`, `done`, `failed`
    keyColumn(table, "state", 16).notNullable();
    bytesColumn(table, "wanted").notNullable();
    bytesColumn(table, "progress").notNullable();
    table.string("reason", 1000).nullable();
    table.bigInteger("created_at").notNullable();
    table.bigInteger("updated_at").notNullable();
    table.index(["state", "connection"], "comparisons_state");
  });
}

/** Something that was one way at the source and another way here. */
function differences(schema: Schema, { keyColumn, bytesColumn }: Dialect): Schema {
  return schema.createTable("differences", (table) => {
    table.bigIncrements("position");
    keyColumn(table, "connection", NAME).notNullable();
    keyColumn(table, "subject", SUBJECT).notNullable();
    // The day it was found, `YYYY-MM-DD` in UTC.
    keyColumn(table, "day", 10).notNullable();
    // `missing`, `extra`, `different`
    keyColumn(table, "kind", 16).notNullable();
    // `open`, `repaired`, `unfounded`, `adopted`
    keyColumn(table, "state", 16).notNullable();
    // `lost`, `unannounced`, `failed`
    keyColumn(table, "cause", 16).nullable();
    // `connection/subject` while it is open: at most one of a subject is.
    keyColumn(table, "open_key", SUBJECT + NAME + 1)
      .nullable()
      .unique({ indexName: "differences_open" });
    // Hash of what the list showed: a row that turned out to be right is not looked at again.
    keyColumn(table, "shown", 32).notNullable();
    // The delivery that is to repair it.
    table.bigInteger("delivery").nullable();
    table.bigInteger("found_at").notNullable();
    table.bigInteger("closed_at").nullable();
    // When it was last tried to repair it; 0: never, as in a dry run.
    table.bigInteger("tried_at").notNullable().defaultTo(0);
    bytesColumn(table, "fields").notNullable();
    table.index(["connection", "day"], "differences_day");
    table.index(["subject", "connection"], "differences_subject");
    table.index(["delivery"], "differences_delivery");
    table.index(["found_at"], "differences_found_at");
  });
}

/** How many bookings were compared on a day. */
function comparedDays(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.createTable("compared_days", (table) => {
    table.bigIncrements("position");
    keyColumn(table, "connection", NAME).notNullable();
    keyColumn(table, "day", 10).notNullable();
    // How often lists were asked for.
    table.integer("checks").notNullable().defaultTo(0);
    // Of the bookings in the widest comparison of the day: at the source, and known before it.
    table.integer("there").notNullable().defaultTo(0);
    table.integer("here").notNullable().defaultTo(0);
    table.bigInteger("updated_at").notNullable();
    // 1 once the office has been told of the day.
    table.integer("is_told").notNullable().defaultTo(0);
    table.unique(["connection", "day"], { indexName: "compared_days_key" });
    table.index(["is_told", "day"], "compared_days_told");
    table.index(["day"], "compared_days_day");
  });
}
