import type { Knex } from "knex";

import type { Dialect } from "../dialect.ts";
import type { Migration } from "../migrate.ts";

const ID = 36;
const NAME = 64;
const SUBJECT = 255;
const SCHEDULE = 191;
const SLOT = 32;

export const inTime: Migration = {
  id: "0004-in-time",
  tables: (schema, dialect) => [occurrences(schema, dialect)],
};

type Schema = Knex.SchemaBuilder;

/** One due moment of a timer around a booking, or of a schedule. */
function occurrences(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.createTable("occurrences", (table) => {
    table.bigIncrements("position");
    // A timer's name, or `<instance>/<schedule>`.
    keyColumn(table, "schedule", SCHEDULE).notNullable();
    keyColumn(table, "connection", NAME).notNullable();
    keyColumn(table, "subject", SUBJECT).notNullable();
    // Of a timer the generation, of a schedule its moment in UTC milliseconds.
    keyColumn(table, "slot", SLOT).notNullable();
    // `planned`, `done`, `skipped`, `withdrawn`
    keyColumn(table, "state", 16).notNullable();
    table.bigInteger("due_at").notNullable();
    // Of a timer the moment it counts from, of a schedule the beginning of its window.
    table.bigInteger("reference_at").notNullable();
    table.string("reason", 1000).nullable();
    keyColumn(table, "event_id", ID).nullable();
    table.bigInteger("updated_at").notNullable();
    table.unique(["connection", "subject", "schedule", "slot"], { indexName: "occurrences_key" });
    table.index(["state", "due_at"], "occurrences_state");
    table.index(["schedule", "due_at"], "occurrences_schedule");
    table.index(["subject"], "occurrences_subject");
    table.index(["due_at"], "occurrences_due_at");
  });
}
