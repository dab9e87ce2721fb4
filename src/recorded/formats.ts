import { accessLog, isAccessLine } from "./access-log.ts";
import { isJsonLine, jsonLines } from "./json-lines.ts";
import { isMailLine, Mails } from "./mails.ts";
import { readLines } from "./read-lines.ts";
import type { RecordReader } from "./recorded-call.ts";
import { TextLog } from "./text-log.ts";

export const RECORD_FORMATS = ["access-log", "mail", "jsonl", "text"] as const;
export type RecordFormat = (typeof RECORD_FORMATS)[number];

/** The first lines may be broken off, or of something else. */
const LOOKED_AT = 50;

export function readerOf(format: RecordFormat): RecordReader {
  switch (format) {
    case "access-log":
      return accessLog;
    case "jsonl":
      return jsonLines;
    case "mail":
      return new Mails();
    case "text":
      return new TextLog();
  }
}

/** What kind of record a file is, by what its first lines look like. */
export async function formatOf(path: string): Promise<RecordFormat> {
  const texts: string[] = [];
  for await (const lines of readLines(path)) {
    texts.push(...lines.map(({ text }) => text).filter((text) => text.trim() !== ""));
    if (texts.length >= LOOKED_AT) break;
  }
  const looked = texts.slice(0, LOOKED_AT);
  if (looked.some(isAccessLine)) return "access-log";
  if (looked.some(isJsonLine)) return "jsonl";
  return isMailLine(looked[0] ?? "") ? "mail" : "text";
}
