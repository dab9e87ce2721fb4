import { inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MAX_PIXELS = 8_000_000;

/** Samples per pixel by the colour type of the header. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export function isPng(bytes: Buffer): boolean {
  return bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE);
}

/**
 * Reads a PNG once, completely. The decoder below pdfkit throws from a callback when the pixels
 * are damaged, where nobody can catch it, and would take the whole process with it.
 *
 * @throws Error saying what is wrong with the picture.
 */
export function checkPng(bytes: Buffer): void {
  const parts = chunksOf(bytes);
  const header = parts.find(({ type }) => type === "IHDR")?.data;
  if (header?.length !== 13) throw new Error("it has no header");
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (width * height > MAX_PIXELS) throw new Error(`it has over ${MAX_PIXELS} pixels`);
  if (header[12] !== 0) throw new Error("it is interlaced; save it without");
  const channels = CHANNELS[header[9] ?? -1];
  if (channels === undefined) throw new Error("its colours are of an unknown kind");

  const rowBytes = 1 + Math.ceil((width * channels * (header[8] ?? 8)) / 8);
  const packed = Buffer.concat(parts.flatMap(({ type, data }) => (type === "IDAT" ? [data] : [])));
  const rows = inflateSync(packed, { maxOutputLength: rowBytes * height + 1024 });
  if (rows.length < rowBytes * height) throw new Error("part of it is missing");
  for (let at = 0; at < rowBytes * height; at += rowBytes) {
    if ((rows[at] ?? 0) > 4) throw new Error("a row of it is damaged");
  }
}

function chunksOf(bytes: Buffer): { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  let at = SIGNATURE.length;
  while (at + 12 <= bytes.length) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (data.length < length) break;
    chunks.push({ type, data });
    if (type === "IEND") return chunks;
    at += 12 + length;
  }
  throw new Error("it is cut off");
}
