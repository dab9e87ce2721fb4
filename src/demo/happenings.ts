import type { Database } from "../db/database.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import { readEvent } from "../normalize/event-store.ts";
import { BOOKS } from "./postings.ts";

/** An event and what came of it: enough for one line. */
export interface Happening {
  event: AnyEvent;
  /** Absent when nobody wanted the event. */
  job?: { state: string; reason: string };
  /** Message-IDs of the mails that it led to. */
  messageIds: readonly string[];
}

/** A call that led to no event. */
export interface Hitch {
  connection: string;
  subject: string;
  state: "duplicate" | "held" | "failed";
  reason: string;
}

interface EventRow {
  position: number;
  id: string;
  payload: Buffer;
}

interface JobRow {
  id: string;
  event_id: string;
  state: string;
  reason: string | null;
}

interface DeliveryRow {
  position: number;
  connection: string;
  subject: string | null;
  state: string;
  reason: string | null;
}

const SETTLED = new Set(["done", "held", "dead", "skipped", "superseded"]);
const AT_ONCE = 100;

/** Reads from the store what has happened since the last look, each thing once. */
export class Happenings {
  readonly #db: Database;
  #lastEvent = 0;
  #lastDelivery = 0;
  /** Events whose job is not settled yet. */
  #open: EventRow[] = [];
  /** Deliveries that are not understood yet. */
  #waiting: number[] = [];

  constructor(db: Database) {
    this.#db = db;
  }

  async next(): Promise<{ happenings: Happening[]; hitches: Hitch[] }> {
    return { hitches: await this.#hitches(), happenings: await this.#happenings() };
  }

  async #hitches(): Promise<Hitch[]> {
    const rows = await this.#deliveries();
    this.#lastDelivery = Math.max(this.#lastDelivery, ...rows.map(({ position }) => position));
    this.#waiting = rows.filter(({ state }) => state === "waiting").map(({ position }) => position);
    return rows.flatMap(({ connection, subject, state, reason }) =>
      state === "duplicate" || state === "held" || state === "failed"
        ? [{ connection, subject: subject ?? "", state, reason: reason ?? "" }]
        : [],
    );
  }

  async #deliveries(): Promise<DeliveryRow[]> {
    const columns = ["position", "connection", "subject", "state", "reason"] as const;
    const { knex } = this.#db;
    const known: DeliveryRow[] = await knex("deliveries")
      .whereIn("position", this.#waiting)
      .orderBy("position")
      .select(...columns);
    const fresh: DeliveryRow[] = await knex("deliveries")
      .where("position", ">", this.#lastDelivery)
      .orderBy("position")
      .limit(AT_ONCE)
      .select(...columns);
    return [...known, ...fresh];
  }

  async #happenings(): Promise<Happening[]> {
    const { knex } = this.#db;
    const fresh: EventRow[] = await knex("events")
      .where("position", ">", this.#lastEvent)
      .orderBy("position")
      .limit(AT_ONCE)
      .select("position", "id", "payload");
    this.#lastEvent = fresh.at(-1)?.position ?? this.#lastEvent;
    const rows = [...this.#open, ...fresh];
    const jobs = await this.#jobsOf(rows);
    const isSettled = ({ id }: EventRow) => SETTLED.has(jobs.get(id)?.state ?? "done");
    this.#open = rows.filter((row) => !isSettled(row));
    const told = rows.filter(isSettled);
    const messageIds = await this.#messageIdsOf(told.flatMap(({ id }) => jobs.get(id)?.id ?? []));
    return told.map(({ id, payload }) => {
      const job = jobs.get(id);
      return {
        event: readEvent(payload),
        messageIds: (job && messageIds.get(job.id)) ?? [],
        ...(job && { job: { state: job.state, reason: job.reason ?? "" } }),
      };
    });
  }

  async #jobsOf(rows: readonly EventRow[]): Promise<Map<string, JobRow>> {
    const jobs: JobRow[] = await this.#db
      .knex("jobs")
      .whereIn(
        "event_id",
        rows.map(({ id }) => id),
      )
      // The books have lines of their own, because they wait for what comes next.
      .whereNot("handler", "like", `${BOOKS}/%`)
      .select("id", "event_id", "state", "reason");
    return new Map(jobs.map((job) => [job.event_id, job]));
  }

  async #messageIdsOf(jobIds: readonly string[]): Promise<Map<string, string[]>> {
    const rows: { job_id: string; external_id: string | null }[] = await this.#db
      .knex("effects")
      .whereIn("job_id", jobIds)
      .select("job_id", "external_id");
    const found = new Map<string, string[]>();
    for (const { job_id, external_id } of rows) {
      if (external_id) found.set(job_id, [...(found.get(job_id) ?? []), external_id]);
    }
    return found;
  }
}
