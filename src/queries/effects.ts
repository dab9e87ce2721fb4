import { text } from "./filters.ts";
import type { List } from "./list.ts";
import { planOf, type Table, term } from "./plan.ts";
import { presentInstant } from "./present.ts";

export const EFFECT_STATES = ["started", "done", "failed"] as const;

export interface EffectRow {
  id: string;
  key: string;
  handler: string;
  connection: string;
  subject: string;
  scope: string;
  jobId: string;
  state: (typeof EFFECT_STATES)[number];
  /** How far it got: `written`, `handed over`; in shadow `would do`. */
  progress: string | null;
  externalId: string | null;
  link: string | null;
  /** Of the booking, when it was done. */
  version: number;
  summary: string | null;
  /** UTC milliseconds of the last change. */
  at: number;
}

const EFFECTS: Table = {
  name: "effects",
  key: "position",
  ordered: [
    { name: "effects_subject", columns: ["subject"] },
    { name: "effects_connection", columns: ["connection", "handler"] },
  ],
};

const filters = {
  handler: text("Handler as `instance/handler`", 191),
  connection: text("Name of the connection"),
  subject: text("What it was done about: a booking's reference, `coupon:…`, `resource:…`"),
};

/** What was done outside, newest first. */
export const effectList: List<typeof filters, EffectRow> = {
  name: "effects",
  filters,
  plan({ handler, connection, subject }) {
    const terms = [
      ...term("subject", "=", subject),
      ...term("connection", "=", connection),
      ...term("handler", "=", handler),
    ];
    if (subject !== undefined) return planOf(EFFECTS, terms, []);
    const index = connection === undefined ? "effects_key" : "effects_connection";
    return planOf(EFFECTS, terms, [{ index, terms: [] }]);
  },
  async read(db, keys) {
    const rows: EffectRow[] = await db
      .knex("effects")
      .whereIn("position", [...keys])
      .orderBy("position", "desc")
      .select("id", "effect_key as key", "handler", "connection", "subject", "scope")
      .select("job_id as jobId", "state", "progress", "external_id as externalId", "link")
      .select("version", "summary", "updated_at as at");
    return rows;
  },
  present: ({ at, ...row }) => ({ ...row, at: presentInstant(at) }),
};
