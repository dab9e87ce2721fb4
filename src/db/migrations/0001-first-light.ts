import type { Knex } from "knex";

import type { Dialect } from "../dialect.ts";
import type { Migration } from "../migrate.ts";

const ID = 36;
const NAME = 64;
const SUBJECT = 255;
const HANDLER = 191;

export const firstLight: Migration = {
  id: "0001-first-light",
  tables: (schema, dialect) => [
    deliveries(schema, dialect),
    subjects(schema, dialect),
    events(schema, dialect),
    jobs(schema, dialect),
    attempts(schema, dialect),
    lanes(schema, dialect),
    effects(schema, dialect),
    pauses(schema, dialect),
    owners(schema, dialect),
    counters(schema, dialect),
    facts(schema, dialect),
  ],
};

type Schema = Knex.SchemaBuilder;

/** What arrived: raw bytes, kept before the answer. `position` is the order of arrival. */
function deliveries(schema: Schema, { keyColumn, bytesColumn }: Dialect): Schema {
  return schema.createTable("deliveries", (table) => {
    table.bigIncrements("position");
    keyColumn(table, "id", ID).notNullable().unique({ indexName: "deliveries_id" });
    keyColumn(table, "connection", NAME).notNullable().index("deliveries_connection");
    table.bigInteger("received_at").notNullable();
    keyColumn(table, "method", 16).notNullable();
    keyColumn(table, "state", 16).notNullable().defaultTo("waiting");
    // When a waiting delivery is looked at (again), by the database's clock.
    table.bigInteger("due_at").notNullable().defaultTo(0);
    table.integer("looks").notNullable().defaultTo(0);
    keyColumn(table, "subject", SUBJECT).nullable();
    table.string("reason", 1000).nullable();
    bytesColumn(table, "event_ids").nullable();
    bytesColumn(table, "query").notNullable();
    bytesColumn(table, "headers").notNullable();
    // Last: SQLite walks through all of a long value to reach the columns behind it.
    bytesColumn(table, "body").notNullable();
    table.index(["state", "connection"], "deliveries_state");
    table.index(["subject", "connection"], "deliveries_subject");
    table.index(["received_at", "connection", "state"], "deliveries_received_at");
  });
}

/** The last known state of every booking, coupon, resource, closure, customer. */
function subjects(schema: Schema, { keyColumn, bytesColumn }: Dialect): Schema {
  return schema.createTable("subjects", (table) => {
    table.bigIncrements("id");
    keyColumn(table, "connection", NAME).notNullable();
    keyColumn(table, "subject", SUBJECT).notNullable();
    keyColumn(table, "kind", 16).notNullable();
    table.integer("version").notNullable();
    // How many events the subject has had. With `version` it is the fence of a write.
    table.integer("ordinal").notNullable();
    // Position of the newest delivery whose own content has become the state.
    table.bigInteger("payload_position").notNullable().defaultTo(0);
    keyColumn(table, "status", 16).nullable();
    keyColumn(table, "email", SUBJECT).nullable().index("subjects_email");
    keyColumn(table, "name", SUBJECT).nullable().index("subjects_name");
    keyColumn(table, "starts_on", 10).nullable();
    bytesColumn(table, "state").notNullable();
    bytesColumn(table, "recent").notNullable();
    table.bigInteger("updated_at").notNullable();
    table.unique(["connection", "subject"], { indexName: "subjects_key" });
    table.index(["kind", "connection"], "subjects_kind");
    table.index(["status", "connection"], "subjects_status");
    table.index(["starts_on", "connection", "status"], "subjects_starts_on");
    table.index(["subject"], "subjects_subject");
  });
}

function events(schema: Schema, { keyColumn, bytesColumn }: Dialect): Schema {
  return schema.createTable("events", (table) => {
    table.bigIncrements("position");
    keyColumn(table, "id", ID).notNullable().unique({ indexName: "events_id" });
    keyColumn(table, "connection", NAME).notNullable().index("events_connection");
    keyColumn(table, "subject", SUBJECT).notNullable();
    keyColumn(table, "dedupe_key", SUBJECT).notNullable();
    keyColumn(table, "type", NAME).notNullable();
    table.integer("version").notNullable();
    table.integer("ordinal").notNullable();
    table.bigInteger("occurred_at").notNullable();
    keyColumn(table, "delivery_id", ID).nullable().index("events_delivery");
    bytesColumn(table, "payload").notNullable();
    table.unique(["connection", "subject", "dedupe_key"], { indexName: "events_key" });
    table.index(["subject"], "events_subject");
    table.index(["type", "connection"], "events_type");
    table.index(["occurred_at", "connection", "type"], "events_occurred_at");
  });
}

/** One event for one handler. `position` is the order within a lane. */
function jobs(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.createTable("jobs", (table) => {
    table.bigIncrements("position");
    keyColumn(table, "id", ID).notNullable().unique({ indexName: "jobs_id" });
    keyColumn(table, "event_id", ID).notNullable();
    keyColumn(table, "handler", HANDLER).notNullable();
    keyColumn(table, "scope", SUBJECT).notNullable();
    keyColumn(table, "connection", NAME).notNullable().index("jobs_connection");
    keyColumn(table, "subject", SUBJECT).notNullable().index("jobs_subject");
    keyColumn(table, "state", 16).notNullable();
    table.integer("attempts").notNullable().defaultTo(0);
    table.bigInteger("run_at").notNullable();
    table.bigInteger("created_at").notNullable();
    table.string("reason", 1000).nullable();
    table.unique(["event_id", "handler"], { indexName: "jobs_key" });
    table.index(["handler", "scope", "state"], "jobs_lane");
    table.index(["state", "handler", "connection"], "jobs_state");
  });
}

function attempts(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.createTable("attempts", (table) => {
    keyColumn(table, "job_id", ID).notNullable();
    table.integer("attempt").notNullable();
    table.bigInteger("started_at").notNullable();
    table.bigInteger("finished_at").notNullable();
    keyColumn(table, "outcome", 16).notNullable();
    table.string("reason", 1000).nullable();
    table.primary(["job_id", "attempt"]);
  });
}

/** The queue of one handler for one scope. `fence` moves with every lease, `token` says whose it is. */
function lanes(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.createTable("lanes", (table) => {
    table.bigIncrements("id");
    keyColumn(table, "handler", HANDLER).notNullable();
    keyColumn(table, "scope", SUBJECT).notNullable();
    // Never null: a sentinel far ahead keeps idle and blocked lanes out of the way of the index.
    table.bigInteger("due_at").notNullable();
    keyColumn(table, "token", ID).nullable();
    table.bigInteger("fence").notNullable().defaultTo(0);
    // Jobs that are not settled, whatever holds them up.
    table.integer("waiting").notNullable();
    // When the settling time began; 0 while the lane is not waiting for more events.
    table.bigInteger("settling_since").notNullable().defaultTo(0);
    // Leases lost in a row: a job that ends its process is given up after five.
    table.integer("losses").notNullable().defaultTo(0);
    table.unique(["handler", "scope"], { indexName: "lanes_key" });
    table.index(["handler", "due_at"], "lanes_due");
  });
}

/** The ledger of what was done outside. */
function effects(schema: Schema, { keyColumn, bytesColumn }: Dialect): Schema {
  return schema.createTable("effects", (table) => {
    table.bigIncrements("position");
    keyColumn(table, "id", ID).notNullable();
    keyColumn(table, "handler", HANDLER).notNullable();
    keyColumn(table, "scope", SUBJECT).notNullable();
    keyColumn(table, "effect_key", SUBJECT).notNullable();
    keyColumn(table, "connection", NAME).notNullable();
    keyColumn(table, "subject", SUBJECT).notNullable().index("effects_subject");
    keyColumn(table, "job_id", ID).notNullable();
    keyColumn(table, "state", 16).notNullable();
    table.integer("version").notNullable();
    table.string("progress", 64).nullable();
    table.string("external_id", 500).nullable();
    table.string("link", 1000).nullable();
    table.string("summary", 500).nullable();
    bytesColumn(table, "data").nullable();
    table.bigInteger("updated_at").notNullable();
    table.unique(["handler", "scope", "effect_key"], { indexName: "effects_key" });
    table.index(["connection", "handler"], "effects_connection");
  });
}

/** A handler that takes no jobs for now, and why: a person, refused settings, a vendor's limit. */
function pauses(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.createTable("pauses", (table) => {
    keyColumn(table, "handler", HANDLER).notNullable().primary();
    keyColumn(table, "kind", 16).notNullable();
    table.bigInteger("until").notNullable();
    table.string("reason", 1000).notNullable();
  });
}

/** Which process does something that only one may do at a time, and until when. */
function owners(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.createTable("owners", (table) => {
    keyColumn(table, "name", HANDLER).notNullable().primary();
    keyColumn(table, "token", ID).notNullable();
    table.bigInteger("until").notNullable();
  });
}

/** Totals that would otherwise be counted over all history. Shards keep processes apart. */
function counters(schema: Schema, { keyColumn }: Dialect): Schema {
  return schema.createTable("counters", (table) => {
    keyColumn(table, "name", NAME).notNullable();
    table.integer("shard").notNullable();
    table.bigInteger("value").notNullable();
    table.primary(["name", "shard"]);
  });
}

/** Small things to remember about the installation, such as a connection's first start. */
function facts(schema: Schema, { keyColumn, bytesColumn }: Dialect): Schema {
  return schema.createTable("facts", (table) => {
    keyColumn(table, "name", HANDLER).notNullable().primary();
    bytesColumn(table, "value").notNullable();
  });
}
