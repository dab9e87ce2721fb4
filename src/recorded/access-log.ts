import { type Found, type Line, queryCall, type RecordReader, timeOf } from "./recorded-call.ts";

/** The common format of nginx and Apache, and the combined one, which adds to it. */
const LINE =
  /^[^[\]"]{1,500}\[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2})\] "([A-Z]{3,10}) ([^ "]*) HTTP\/[\d.]+" \d{3} /;

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Requests to a script whose query is the call. The path is the script's own. */
export const accessLog: RecordReader = {
  read: (line) => found(line),
  end: () => [],
};

export function isAccessLine(text: string): boolean {
  return LINE.test(text);
}

function found({ number: line, text, isTooLong }: Line): readonly Found[] {
  if (text.trim() === "" && !isTooLong) return [];
  const parts = LINE.exec(text);
  const receivedAt = parts ? instantOf(parts) : undefined;
  if (!parts || receivedAt === undefined) return [{ line, calls: [] }];
  const [method, target = ""] = parts.slice(7);
  const queryAt = target.indexOf("?");
  if ((method !== "GET" && method !== "POST") || queryAt === -1) return [];
  const query = unescaped(target.slice(queryAt + 1));
  return [{ line, calls: [queryCall(receivedAt, method, query)], isMixed: true }];
}

function instantOf(parts: RegExpExecArray): number | undefined {
  const [, day, monthName = "", year, time, zoneHours, zoneMinutes] = parts;
  const month = String(MONTHS.indexOf(monthName) + 1).padStart(2, "0");
  return timeOf(Date.parse(`${year}-${month}-${day}T${time}${zoneHours}:${zoneMinutes}`));
}

/** Servers write quotes and what is not ASCII as `\x22`. */
function unescaped(text: string): string {
  return text.replaceAll(/\\x([0-9A-Fa-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
