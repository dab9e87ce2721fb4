import { crc32, deflateSync } from "node:zlib";

interface PngParts {
  width?: number;
  height?: number;
  hasAlpha?: boolean;
  isInterlaced?: boolean;
  /** Instead of packed pixels. */
  pixels?: Buffer;
}

/** A small grey picture, right or wrong in the way a test wants it. */
export function pngOf(parts: PngParts): Buffer {
  const { width = 8, height = 8, hasAlpha = false, isInterlaced = false } = parts;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, hasAlpha ? 6 : 2, 0, 0, isInterlaced ? 1 : 0], 8);
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(8 * (hasAlpha ? 4 : 3), 0x80)]);
  const rows = Buffer.concat(Array.from({ length: 8 }, () => row));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", parts.pixels ?? deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
