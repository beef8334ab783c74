import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { gunzipped } from './gunzipped.js';

const text = Buffer.from('sku\tprice\r\n'.repeat(50_000));
const packed = gzipSync(text);
/** Gzip that is as long as what it holds. */
const noise = gzipSync(randomBytes(8 * 1024 * 1024), { level: 1 });

/** The bytes in pieces of this size. */
function inPieces(bytes: Buffer, size: number): Readable {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return Readable.from(pieces, { objectMode: false });
}

async function read(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('gunzipped', () => {
  it.each([1, 7, 64 * 1024])('unpacks gzip that comes in pieces of %i bytes', async (size) => {
    expect((await read(gunzipped(inPieces(packed, size)))).equals(text)).toBe(true);
  });

  it.each([
    ['plain text', Buffer.from('{"errors": []}')],
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.of(0x1f)],
    ['text that begins like gzip and is not', Buffer.of(0x1f, 0x41, 0x42)],
  ])('passes on %s, whatever the label says', async (_what, bytes) => {
    expect((await read(gunzipped(inPieces(bytes, 1)))).equals(bytes)).toBe(true);
  });

  it.each([1, 100, 1_000_000])('reads several members as one document, in pieces of %i', async (size) => {
    const members = Buffer.concat([packed, gzipSync('second\n'), gzipSync(''), gzipSync('last\n')]);
    const all = await read(gunzipped(inPieces(members, size)));
    expect(all.equals(Buffer.concat([text, Buffer.from('second\nlast\n')]))).toBe(true);
  });

  it('says at which byte a document is cut off', async () => {
    for (const length of [3, 10, 200, packed.length - 9, packed.length - 1]) {
      await expect(
        read(gunzipped(inPieces(packed.subarray(0, length), 64), { operation: 'reports.download' })),
      ).rejects.toMatchObject({
        name: 'DocumentError',
        code: 'DOCUMENT_TRUNCATED',
        operation: 'reports.download',
        details: { packedBytes: length },
      });
    }
  });

  it('does not take any damaged byte for right', async () => {
    for (let at = 10; at < packed.length; at += 37) {
      const damaged = Buffer.from(packed);
      damaged[at] = (damaged[at] as number) ^ 0x55;
      await expect(read(gunzipped(inPieces(damaged, 4_096)))).rejects.toMatchObject({
        name: 'DocumentError',
        code: expect.stringMatching(/^DOCUMENT_(DAMAGED|TRUNCATED)$/) as unknown as string,
      });
    }
  });

  it('does not pass over what follows the last member', async () => {
    const followed = Buffer.concat([packed, Buffer.from('<html>gateway</html>')]);
    for (const size of [packed.length, 1_000_000, 16]) {
      await expect(read(gunzipped(inPieces(followed, size)))).rejects.toMatchObject({
        code: 'DOCUMENT_DAMAGED',
      });
    }
  });

  it('breaks with the error of the bytes', async () => {
    const broken = new Error('the line is dead');
    const bytes = Readable.from(
      (async function* () {
        yield packed.subarray(0, 500);
        throw broken;
      })(),
    );
    await expect(read(gunzipped(bytes))).rejects.toBe(broken);
  });

  it('says so when the bytes are closed before their end', async () => {
    const bytes = inPieces(noise, 16_384);
    const unpacked = gunzipped(bytes);
    unpacked.once('data', () => bytes.destroy());
    await expect(read(unpacked)).rejects.toMatchObject({ code: 'DOCUMENT_INTERRUPTED' });
  });

  it('closes the bytes when its reader leaves', async () => {
    const bytes = inPieces(packed, 16);
    for await (const _ of gunzipped(bytes)) break;
    expect(bytes.destroyed).toBe(true);
  });

  it('does not unpack further than a little ahead of its reader', async () => {
    let given = 0;
    const bytes = Readable.from(
      (function* () {
        for (let at = 0; at < noise.length; at += 16_384) {
          given += 1;
          yield noise.subarray(at, at + 16_384);
        }
      })(),
      { objectMode: false },
    );
    for await (const _ of gunzipped(bytes)) {
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
      break;
    }
    // 8 MiB lie there; what is unpacked ahead, and the buffers between, come to 2 MiB at most.
    expect(given * 16_384).toBeLessThan(3 * 1024 * 1024);
  });
});
