import type { Database } from "../db/database.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { InboxStore } from "../inbox/inbox-store.ts";
import { inTime } from "../process/in-time.ts";
import { Trouble } from "../process/trouble.ts";
import { Wake } from "../process/wake.ts";
import type { Log } from "../sdk/context.ts";
import { messageOf } from "../sdk/errors.ts";
import type { Spool } from "./spool.ts";
import type { SpooledDelivery, SpoolFile } from "./spool-file.ts";
import { factOf } from "./spooled-elsewhere.ts";

const ROUND_MS = 500;
/** How often we look for what a process has left that died since. */
const LOOK_ROUND_MS = 10_000;
const LASTING_MS = 30_000;
const BATCH_ROWS = 200;
const BATCH_BYTES = 1024 * 1024;
/** A row that was refused so often, while the database took others, is set aside. */
const REFUSALS = 3;

export interface DrainParts {
  db: Database;
  inbox: Pick<InboxStore, "appendMissing">;
  facts: FactStore;
  spool: Spool;
  /** Called after a commit. */
  onStored: (connections: ReadonlySet<string>) => void;
  log: Log;
}

/**
 * Takes what is in the spool to the database, in order, as soon as it is back. Rows leave the spool
 * only after the commit: whoever dies in between leaves rows that are in the database already, and
 * those are passed over by their ids.
 */
export class Drain {
  readonly #parts: DrainParts;
  readonly #wake = new Wake();
  readonly #trouble: Trouble;
  #lookedAt = -Infinity;
  #failingSince: number | undefined;
  #drained = 0;
  #isStopping = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(parts: DrainParts) {
    this.#parts = parts;
    this.#trouble = new Trouble((error) => {
      const rows = parts.spool.rows;
      parts.log.warn({ reason: messageOf(error), rows }, "the spool cannot be drained yet");
    });
  }

  /** To be called when the tables are up to date. */
  start(): void {
    this.#loop = this.#run();
  }

  /** Ends after the batch under way; what is left stays in the spool for the next start. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    this.#wake.call();
    // A database that hangs may hold the batch for ever. It is still in the spool.
    await inTime(this.#loop, graceMs);
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      try {
        this.#lookForLeft();
        const [file] = this.#parts.spool.toDrain;
        if (file) await this.#moveBatch(file);
        else await this.#wake.sleep(ROUND_MS);
        this.#failingSince = undefined;
      } catch (error) {
        this.#noteFailure(error);
        await this.#wake.sleep(ROUND_MS);
      }
    }
  }

  /** That the database is away was said when it went: only what lasts, or is new, is told. */
  #noteFailure(error: unknown): void {
    const now = performance.now();
    this.#failingSince ??= now;
    const isAway = this.#parts.db.failureOf(error) === "unavailable";
    if (!isAway || now - this.#failingSince > LASTING_MS) this.#trouble.note(error);
  }

  #lookForLeft(): void {
    if (performance.now() - this.#lookedAt < LOOK_ROUND_MS) return;
    this.#lookedAt = performance.now();
    this.#parts.spool.takeLeft();
  }

  async #moveBatch(file: SpoolFile): Promise<void> {
    const batch = file.first(BATCH_ROWS, BATCH_BYTES);
    try {
      await this.#store(file, batch);
    } catch (error) {
      if (!(await this.#isRefusal(file, error))) throw error;
      await this.#moveSingly(file, batch);
      return;
    }
    this.#forget(file, batch);
  }

  /** One row that the database refuses must not keep all the others in the spool. */
  async #moveSingly(file: SpoolFile, batch: readonly SpooledDelivery[]): Promise<void> {
    for (const one of batch) {
      const refusal = await this.#refusalOf(file, one);
      if (refusal === undefined) this.#forget(file, [one]);
      else this.#setAside(file, one, refusal);
    }
  }

  /** @returns why the database does not take the row, time after time; undefined when it has it. */
  async #refusalOf(file: SpoolFile, one: SpooledDelivery): Promise<unknown> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#store(file, [one]);
        return undefined;
      } catch (error) {
        if (!(await this.#isRefusal(file, error))) throw error;
        if (attempt === REFUSALS) return error;
        await this.#wake.sleep(ROUND_MS);
      }
    }
  }

  /**
   * Whether it is the rows that the database does not take, while it takes others. The code does
   * not tell: of a row that is too large the server breaks off, as if it went away.
   */
  async #isRefusal(file: SpoolFile, error: unknown): Promise<boolean> {
    const failure = this.#parts.db.failureOf(error);
    if (failure !== "other" && failure !== "unavailable") return false;
    try {
      await this.#store(file, []);
      return true;
    } catch {
      return false; // it takes nothing: the first error says why
    }
  }

  /** In the same commit the others are told how much is left. */
  async #store(file: SpoolFile, batch: readonly SpooledDelivery[]): Promise<void> {
    const { inbox, facts } = this.#parts;
    const rowsAfter = file.rows - batch.length;
    await inbox.appendMissing(
      batch.map(({ delivery }) => delivery),
      (trx) => facts.put(trx, factOf(file.id), rowsAfter === 0 ? undefined : String(rowsAfter)),
    );
  }

  #forget(file: SpoolFile, batch: readonly SpooledDelivery[]): void {
    const { spool, onStored } = this.#parts;
    spool.drained += batch.length;
    this.#drained += batch.length;
    onStored(new Set(batch.map(({ delivery }) => delivery.connection)));
    try {
      file.remove(batch);
    } finally {
      this.#sayWhenDrained(file);
    }
  }

  #setAside(file: SpoolFile, one: SpooledDelivery, error: unknown): void {
    const { id, connection } = one.delivery;
    this.#parts.log.error(
      { deliveryId: id, connection, error },
      "the database refuses a delivery: it stays in the spool until the next start",
    );
    file.setAside(one, messageOf(error));
    this.#sayWhenDrained(file);
  }

  #sayWhenDrained(file: SpoolFile): void {
    const { spool, log } = this.#parts;
    spool.release(file);
    if (spool.waiting > 0) return;
    log.info({ deliveries: this.#drained }, "the spool is drained");
    this.#drained = 0;
  }
}
