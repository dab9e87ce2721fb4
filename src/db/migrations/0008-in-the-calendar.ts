import type { Knex } from "knex";

import type { Dialect } from "../dialect.ts";
import type { Migration } from "../migrate.ts";

const DAY = 10;

export const inTheCalendar: Migration = {
  id: "0008-in-the-calendar",
  tables: (schema, dialect) => [lastDays(schema, dialect), subjectsByLastDay(schema)],
};

type Schema = Knex.SchemaBuilder;

/** The last day on which anything of a booking takes place; null: none is known, or not yet. */
function lastDays(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.alterTable("subjects", (table) => {
    keyColumn(table, "ends_on", DAY).nullable();
  });
}

/** All that a calendar asks for is in it, so that the bookings it leaves out are not read. */
function subjectsByLastDay(schema: Schema): Schema {
  return schema.alterTable("subjects", (table) => {
    table.index(["ends_on", "starts_on", "connection", "status"], "subjects_ends_on");
  });
}
