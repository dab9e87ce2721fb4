import type { Knex } from "knex";

/** The right to act for a lane, as long as it lasts. */
export interface Fence {
  /** Only who holds it may act; every lease of a lane has another. */
  readonly token: string;
  /**
   * Proves inside a transaction that the lane is still ours, and prolongs the lease with it.
   *
   * @throws HandedBackError when somebody else has the lane.
   */
  hold(trx: Knex.Transaction): Promise<void>;
  /**
   * The lease was prolonged, and that is committed.
   *
   * @param askedAtMs `performance.now()` before the database was asked.
   */
  renewed(askedAtMs: number): void;
  /** How much longer it is safe to act; zero or less: no more. By our own clock, which never jumps. */
  remainingMs(): number;
}
