/** The ways RFC 9110 writes a date; all of them mean UTC, whether or not they say so. */
const HTTP_DATE = /^[A-Za-z]{3,9},? .*\d{2}:\d{2}:\d{2}/;

/**
 * How long the header `Retry-After` asks to wait: seconds, or a date.
 *
 * @param nowMs UTC milliseconds.
 * @returns milliseconds, 0 for a date that is over; undefined when it is absent or says neither.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!HTTP_DATE.test(text)) return undefined;
  const atMs = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
