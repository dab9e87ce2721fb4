import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";

import { messageOf } from "../sdk/errors.ts";
import type { Line } from "./recorded-call.ts";

/** Longer lines are no calls: bodies are not larger than this, and memory must stay small. */
const MAX_LINE_BYTES = 2 * 1024 * 1024;
const GZIP = Buffer.from([0x1f, 0x8b]);
const LINE_FEED = 0x0a;

/**
 * The lines of a file, plain or compressed with gzip, as many at a time as one read brings.
 *
 * @param onBytes Told how many bytes of the file have been read.
 */
export async function* readLines(
  path: string,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<Line[]> {
  const splitter = new Splitter();
  try {
    for await (const chunk of await chunksOf(path, onBytes)) yield splitter.split(chunk);
  } catch (cause) {
    throw new Error(`${path} cannot be read to its end: ${messageOf(cause)}`, { cause });
  }
  yield splitter.end();
}

async function chunksOf(
  path: string,
  onBytes: (bytes: number) => void,
): Promise<AsyncIterable<Buffer>> {
  const isCompressed = await isGzip(path);
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  let bytes = 0;
  file.on("data", (chunk) => onBytes((bytes += chunk.length)));
  if (!isCompressed) return file as AsyncIterable<Buffer>;
  const plain = createGunzip();
  // What ends early is to end here too, as a fault of the file.
  file.on("error", (error) => plain.destroy(error));
  plain.on("close", () => file.destroy());
  return file.pipe(plain) as AsyncIterable<Buffer>;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(GZIP.length), 0, GZIP.length, 0);
    return bytesRead === GZIP.length && buffer.equals(GZIP);
  } finally {
    await file.close();
  }
}

/** Cuts what comes at line breaks, and keeps what has none yet. */
class Splitter {
  #number = 0;
  #parts: Buffer[] = [];
  #bytes = 0;

  split(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) break;
      this.#keep(chunk.subarray(start, end));
      lines.push(this.#take());
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  end(): Line[] {
    return this.#bytes > 0 ? [this.#take()] : [];
  }

  #keep(part: Buffer): void {
    if (this.#bytes < MAX_LINE_BYTES) this.#parts.push(part);
    this.#bytes += part.length;
  }

  #take(): Line {
    const isTooLong = this.#bytes > MAX_LINE_BYTES;
    const text = isTooLong ? "" : Buffer.concat(this.#parts).toString("latin1");
    this.#parts = [];
    this.#bytes = 0;
    this.#number += 1;
    return {
      number: this.#number,
      text: text.endsWith("\r") ? text.slice(0, -1) : text,
      isTooLong,
    };
  }
}
