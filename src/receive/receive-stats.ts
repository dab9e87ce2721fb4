/** What this process has answered at the hook URLs since it started. */
export class ReceiveStats {
  readonly accepted = new Map<string, number>();
  readonly refused = new Map<number, number>();
  /** Whether the last attempt to store worked. */
  isStoring = true;

  noteAccepted(connection: string): void {
    this.isStoring = true;
    this.accepted.set(connection, (this.accepted.get(connection) ?? 0) + 1);
  }

  noteRefused(status: number): void {
    if (status === 503) this.isStoring = false;
    this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
  }
}
