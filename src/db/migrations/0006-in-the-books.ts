import type { Knex } from "knex";

import type { Dialect } from "../dialect.ts";
import type { Migration } from "../migrate.ts";

const PERIOD = 64;

export const inTheBooks: Migration = {
  id: "0006-in-the-books",
  tables: (schema, dialect) => [effectPeriods(schema, dialect), effectsByPeriod(schema)],
};

type Schema = Knex.SchemaBuilder;

/** What effects are read together by: a month of the books. */
function effectPeriods(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.alterTable("effects", (table) => {
    keyColumn(table, "period", PERIOD).nullable();
  });
}

function effectsByPeriod(schema: Schema): Schema {
  return schema.alterTable("effects", (table) => {
    table.index(["period", "handler", "position"], "effects_period");
  });
}
