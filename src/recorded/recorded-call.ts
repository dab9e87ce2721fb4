/** A call that somebody else got, and wrote down. */
export interface RecordedCall {
  /** UTC milliseconds. */
  receivedAt: number;
  method: "GET" | "POST";
  /** Raw query string without the question mark. */
  query: string;
  /** Names and values in turn, as Node's `rawHeaders`. */
  rawHeaders: readonly string[];
  body: Buffer;
}

/** What a line, or what ends with it, looks like. */
export interface Found {
  /** Counted from 1. */
  line: number;
  /** May be calls; whether they are, the source knows. None: nobody can read the line. */
  calls: readonly RecordedCall[];
  /** Such a record holds much else, and it is no fault when the source does not know it. */
  isMixed?: true;
}

/** Reads one kind of record, line by line. */
export interface RecordReader {
  read(line: Line): readonly Found[];
  /** The record is over. */
  end(): readonly Found[];
}

export interface Line {
  /** Counted from 1. */
  number: number;
  /** One character for each byte, without the line break. Cut off when it is too long. */
  text: string;
  isTooLong: boolean;
}

/** Times before this are mistakes. */
const EARLIEST = Date.UTC(2000, 0, 1);

/** @returns UTC milliseconds; undefined when it is no time that a call can have come at. */
export function timeOf(epochMs: number): number | undefined {
  return epochMs >= EARLIEST ? epochMs : undefined;
}

export function formCall(receivedAt: number, body: string): RecordedCall {
  return posted(receivedAt, "application/x-www-form-urlencoded", body);
}

export function jsonCall(receivedAt: number, body: string): RecordedCall {
  return posted(receivedAt, "application/json", body);
}

export function queryCall(receivedAt: number, method: "GET" | "POST", query: string): RecordedCall {
  return { receivedAt, method, query, rawHeaders: [], body: Buffer.alloc(0) };
}

function posted(receivedAt: number, contentType: string, body: string): RecordedCall {
  const rawHeaders = ["content-type", contentType];
  return { receivedAt, method: "POST", query: "", rawHeaders, body: Buffer.from(body) };
}
