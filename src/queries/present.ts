/** UTC, RFC 3339. */
export function presentInstant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
