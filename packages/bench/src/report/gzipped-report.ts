import { constants, crc32, deflateRawSync } from 'node:zlib';
import { orderHeader, orderLines } from './orders-text.js';

/** So much differs before it comes again: far more than what gzip looks back (32 KiB), and than any cache holds. */
const blockBytes = 64 * 2 ** 20;
const gzipHead = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

export interface GzippedReport {
  /** One after another they are one gzip member. */
  readonly pieces: readonly Buffer[];
  readonly packedBytes: number;
  readonly bytes: number;
  readonly rows: number;
}

/**
 * Makes reports of any size out of one block that was compressed once: deflate data that ends on a whole byte (`Z_FULL_FLUSH`) can be put together.
 * What comes out is an ordinary gzip file with one member and one checksum, and compressing gigabytes of it takes no minutes.
 */
export function reportMaker(): (leastBytes: number) => GzippedReport {
  const header = Buffer.from(orderHeader);
  const packedHeader = packed(header);
  const made = new Map<number, { text: Buffer; rows: number; packed: Buffer }>();
  const block = (bytes: number) => {
    const lines = made.get(bytes) ?? withPacked(orderLines(bytes));
    made.set(bytes, lines);
    return lines;
  };
  return (leastBytes) => {
    const { text, rows, packed: packedBlock } = block(Math.min(blockBytes, leastBytes));
    const count = Math.ceil(leastBytes / text.length);
    const bytes = header.length + count * text.length;
    const pieces = [
      gzipHead,
      packedHeader,
      ...Array.from({ length: count }, () => packedBlock),
      deflateRawSync(Buffer.alloc(0)),
      trailer(header, text, count, bytes),
    ];
    const packedBytes = pieces.reduce((sum, { length }) => sum + length, 0);
    return { pieces, packedBytes, bytes, rows: count * rows };
  };
}

function withPacked(lines: { text: Buffer; rows: number }) {
  return { ...lines, packed: packed(lines.text) };
}

function packed(text: Buffer): Buffer {
  return deflateRawSync(text, { level: 6, finishFlush: constants.Z_FULL_FLUSH });
}

/** Checksum and length of what was packed. */
function trailer(header: Buffer, text: Buffer, count: number, bytes: number): Buffer {
  let checksum = crc32(header);
  for (let i = 0; i < count; i += 1) checksum = crc32(text, checksum);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(checksum, 0);
  end.writeUInt32LE(bytes % 2 ** 32, 4);
  return end;
}
