/**
 * What calls to names that no connection has are counted under, all of them: whoever makes names up
 * makes no rows with them. No connection can have this name.
 */
export const UNKNOWN_NAMES = "unknown names";

/** What this process has answered at the hook URLs since it started. */
export class ReceiveStats {
  readonly accepted = new Map<string, number>();
  readonly refused = new Map<number, number>();
  /** Whether the last attempt to store worked. */
  isStoring = true;
  #rejected = new Map<string, number>();

  noteAccepted(connection: string): void {
    this.isStoring = true;
    this.accepted.set(connection, (this.accepted.get(connection) ?? 0) + 1);
  }

  noteRefused(status: number): void {
    if (status === 503) this.isStoring = false;
    this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
  }

  /** @param connection A configured one, or `UNKNOWN_NAMES`. */
  noteRejected(connection: string, calls = 1): void {
    this.#rejected.set(connection, (this.#rejected.get(connection) ?? 0) + calls);
  }

  /** Calls with a wrong token by connection, since this was last asked. */
  takeRejected(): ReadonlyMap<string, number> {
    const rejected = this.#rejected;
    this.#rejected = new Map();
    return rejected;
  }
}
