import { INCIDENT_KINDS, type Incident } from "../alerts/incident.ts";
import { readIncidents } from "../alerts/incident-store.ts";
import type { Database } from "../db/database.ts";
import { oneOf, text } from "./filters.ts";
import type { List } from "./list.ts";
import { planOf, type Table, term } from "./plan.ts";
import { presentInstant } from "./present.ts";

export const INCIDENT_STATES = ["open", "closed"] as const;

const INCIDENTS: Table = {
  name: "incidents",
  key: "position",
  ordered: [{ name: "incidents_name", columns: ["name"] }],
};

const filters = {
  state: oneOf(INCIDENT_STATES, "Whether it lasts"),
  name: text("What it is about: `silent:bikes`", 191),
  kind: oneOf(INCIDENT_KINDS, "What kind of thing it is"),
};

/** What needs or needed a person, newest first. */
export const incidentList: List<typeof filters, Incident> = {
  name: "incidents",
  filters,
  plan({ state, name, kind }) {
    // NULL meets neither.
    const open = state === "open" ? term("open_name", ">=", "") : [];
    const closed = state === "closed" ? term("closed_at", ">=", 0) : [];
    const terms = [...term("name", "=", name), ...term("kind", "=", kind), ...open, ...closed];
    return planOf(
      INCIDENTS,
      terms,
      open.length > 0 ? [{ index: "incidents_open", terms: [] }] : [],
    );
  },
  read: (db, keys) => readIncidents(db.knex, (all) => all.whereIn("position", [...keys])),
  present: ({ id, name, kind, reason, openedAt, closedAt }) => ({
    id,
    name,
    kind,
    state: closedAt === null ? "open" : "closed",
    reason,
    openedAt: presentInstant(openedAt),
    closedAt: closedAt === null ? null : presentInstant(closedAt),
  }),
};

/** How many last. Few, and side by side in an index. */
export async function openIncidents(db: Database): Promise<number> {
  const rows: { count: number }[] = await db
    .knex("incidents")
    .where("open_name", ">=", "")
    .select(db.knex.raw("COUNT(*) AS count"));
  return rows[0]?.count ?? 0;
}
