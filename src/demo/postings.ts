import type { Database } from "../db/database.ts";

/** Name of the integration that keeps the books, in the demo's configuration. */
export const BOOKS = "ledger-file";

/** Something that came into the books, or that needs a person. */
export interface Posting {
  connection: string;
  subject: string;
  state: "done" | "held" | "dead";
  /** `invoice:1 over EUR 120.00; payment:1 over EUR 50.00` */
  reason: string;
}

interface JobRow extends Pick<Posting, "connection" | "subject"> {
  position: number;
  state: string;
  reason: string | null;
}

const AT_ONCE = 100;

/** Reads from the store what has come into the books since the last look, each thing once. */
export class Postings {
  readonly #db: Database;
  #last = 0;
  /** Jobs that are not settled yet: several calls about a booking are posted together. */
  #open: number[] = [];

  constructor(db: Database) {
    this.#db = db;
  }

  async next(): Promise<Posting[]> {
    const rows = await this.#jobs();
    this.#last = Math.max(this.#last, ...rows.map(({ position }) => position));
    const isOpen = ({ state }: JobRow) => state === "ready" || state === "leased";
    this.#open = rows.filter(isOpen).map(({ position }) => position);
    return rows.flatMap(({ connection, subject, state, reason }) =>
      state === "done" || state === "held" || state === "dead"
        ? [{ connection, subject, state, reason: reason ?? "" }]
        : [],
    );
  }

  async #jobs(): Promise<JobRow[]> {
    const columns = ["position", "connection", "subject", "state", "reason"] as const;
    const jobs = () =>
      this.#db
        .knex("jobs")
        .where("handler", "like", `${BOOKS}/%`)
        .orderBy("position")
        .select<JobRow[]>(...columns);
    const known = await jobs().whereIn("position", this.#open);
    const fresh = await jobs().where("position", ">", this.#last).limit(AT_ONCE);
    return [...known, ...fresh];
  }
}
