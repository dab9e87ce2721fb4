import type { Database } from "../db/database.ts";
import { codeOf } from "../db/dialect.ts";
import type { InboxStore, NewDelivery } from "../inbox/inbox-store.ts";
import { inTime } from "../process/in-time.ts";
import type { Log } from "../sdk/context.ts";
import { messageOf } from "../sdk/errors.ts";
import { type Spool, SpoolError } from "./spool.ts";

/** A database that has not answered by then hangs. If it answers later, it has kept the same ids. */
const ANSWER_MS = 3_000;

/** The server is there and has nothing for us: at a start a fault of the settings, later it is not. */
const REFUSED = new Set(["ER_ACCESS_DENIED_ERROR", "ER_DBACCESS_DENIED_ERROR", "ER_BAD_DB_ERROR"]);

export interface IntakeParts {
  db: Database;
  inbox: Pick<InboxStore, "append">;
  /** Only beside a database server. */
  spool: Spool | undefined;
  /** Called after a write to the database. */
  onStored: (connections: ReadonlySet<string>) => void;
  log: Log;
}

/**
 * Keeps deliveries: in the database, or in the spool while that is away. As long as something is in
 * the spool everything goes there, so that what came later is not understood earlier.
 */
export class Intake {
  readonly #parts: IntakeParts;
  #isOpen: boolean;

  /** @param isOpen Whether the database has been there since the start. */
  constructor(parts: IntakeParts, isOpen: boolean) {
    this.#parts = parts;
    this.#isOpen = isOpen;
  }

  /** The database has come, and its tables are up to date. */
  open(): void {
    this.#isOpen = true;
  }

  /** True while deliveries go to the spool. */
  get isSpooling(): boolean {
    return !this.#isOpen || (this.#parts.spool?.waiting ?? 0) > 0;
  }

  /** Keeps all of them in one commit, or none. Called for one group after the other. */
  async write(deliveries: readonly NewDelivery[]): Promise<void> {
    const { spool, inbox, onStored } = this.#parts;
    if (!spool) {
      await inbox.append(deliveries);
    } else if (this.isSpooling) {
      spool.append(deliveries);
      return;
    } else {
      try {
        await answered(inbox.append(deliveries));
      } catch (error) {
        if (!this.#isAway(error, deliveries.length)) throw error;
        this.#beginSpooling(spool, deliveries, error);
        return;
      }
    }
    onStored(new Set(deliveries.map(({ connection }) => connection)));
  }

  /** Whether nothing can be kept at the moment, so that trying the rows one by one is pointless. */
  isUnavailable(error: unknown): boolean {
    const failure = this.#parts.db.failureOf(error);
    // In one file somebody who is in the way of a row is in the way of all.
    const isLocked = failure === "conflict" && !this.#parts.spool;
    return error instanceof SpoolError || failure === "unavailable" || isLocked;
  }

  #isAway(error: unknown, rows: number): boolean {
    const failure = this.#parts.db.failureOf(error);
    if (failure === "unavailable" || error instanceof NoAnswerError) return true;
    // Others are in the way. A group has been tried again, row by row, before it comes to this.
    if (failure === "conflict" && rows === 1) return true;
    return REFUSED.has(codeOf(error));
  }

  /** The commit may have got through all the same: the spool keeps the same ids. */
  #beginSpooling(spool: Spool, deliveries: readonly NewDelivery[], error: unknown): void {
    spool.append(deliveries);
    this.#parts.log.warn(
      { reason: messageOf(error) },
      "the database is away: deliveries are kept in the spool",
    );
  }
}

class NoAnswerError extends Error {}

async function answered(work: Promise<void>): Promise<void> {
  if (await inTime(work, ANSWER_MS)) return;
  throw new NoAnswerError(`the database gave no answer within ${ANSWER_MS} ms`);
}
