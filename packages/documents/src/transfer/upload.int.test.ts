import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { NetworkAwareClient } from '@fluxori/network';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DocumentServer, expired, s3Error } from '../testing/document-server.js';
import { patient } from '../testing/download-rig.js';
import type { Content } from './content.js';
import { type UploadOptions, type UploadTarget, upload } from './upload.js';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const contentType = 'application/json; charset=UTF-8';
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function store(): Promise<DocumentServer> {
  const server = await new DocumentServer().start();
  open.push(() => server.stop());
  return server;
}

function put(
  server: Pick<DocumentServer, 'url'>,
  content: Content,
  more: Partial<UploadOptions & UploadTarget> = {},
) {
  const client = new NetworkAwareClient({
    env: {},
    timeouts: patient,
    breaker: { failuresInRow: 1_000, minimumRequests: 1_000 },
  });
  open.push(() => client.close());
  const { expiresAt, ...options } = more;
  return upload({ url: server.url, contentType, ...(expiresAt && { expiresAt }) }, content, {
    client,
    operation: 'feeds.upload',
    account: 'acme-za',
    random: () => 0,
    ...options,
  });
}

/** Of this process: others may be uploading, too. */
const spools = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith(`fluxori-upload-${process.pid}-`));

describe('upload', () => {
  it('puts the content with exactly its content type, its length and nothing of Amazon’s', async () => {
    const server = await store();
    const text = '{"sku":"Käse-日本"}';
    expect(await put(server, text)).toEqual({
      bytes: Buffer.byteLength(text),
      sha256: sha256(Buffer.from(text)),
    });
    const [seen] = server.puts;
    expect(seen).toMatchObject({ bytes: Buffer.byteLength(text), sha256: sha256(Buffer.from(text)) });
    expect(seen?.headers['content-type']).toBe(contentType);
    expect(seen?.headers['content-length']).toBe(String(Buffer.byteLength(text)));
    expect(seen?.headers['transfer-encoding']).toBeUndefined();
    for (const name of Object.keys(seen?.headers ?? {})) expect(name).not.toMatch(/^x-amz|authorization/);
  });

  it('takes all kinds of content, small and large, with their length', async () => {
    const server = await store();
    const bytes = randomBytes(5 * 1024 * 1024 + 3);
    const folder = await mkdtemp(join(tmpdir(), 'content-'));
    open.push(() => rm(folder, { recursive: true }));
    const file = join(folder, 'feed.json');
    await writeFile(file, bytes);
    const pieces = (all: Buffer) => {
      const list: Buffer[] = [];
      for (let at = 0; at < all.length; at += 100_000) list.push(all.subarray(at, at + 100_000));
      return Readable.from(list, { objectMode: false });
    };
    const contents: [Content, Buffer][] = [
      [bytes, bytes],
      [{ file }, bytes],
      [{ open: () => pieces(bytes), bytes: bytes.length }, bytes],
      [{ open: () => pieces(bytes) }, bytes],
      [pieces(bytes), bytes],
      [pieces(bytes.subarray(0, 1_000)), bytes.subarray(0, 1_000)],
      [Readable.from(['a', 'é']), Buffer.from('aé')],
      ['', Buffer.alloc(0)],
    ];
    for (const [content, expected] of contents) {
      expect(await put(server, content)).toEqual({ bytes: expected.length, sha256: sha256(expected) });
      expect(server.puts.at(-1)).toMatchObject({ bytes: expected.length, sha256: sha256(expected) });
      expect(server.puts.at(-1)?.headers['content-length']).toBe(String(expected.length));
    }
    expect(await spools()).toEqual([]);
  });

  it('repeats what broke, or whose answer was lost, with any kind of content', async () => {
    const server = await store();
    const bytes = randomBytes(3 * 1024 * 1024);
    for (const content of [bytes, Readable.from([bytes], { objectMode: false })]) {
      server.puts.length = 0;
      server.faults.push(
        { dropAfter: 1_000_000 },
        { answer: s3Error(503, 'SlowDown', 'Please reduce your request rate.') },
        { loseAnswer: true },
      );
      expect(await put(server, content)).toEqual({ bytes: bytes.length, sha256: sha256(bytes) });
      // The one whose answer was lost, and the last one: the same content at the same place.
      expect(server.puts.map((seen) => seen.sha256)).toEqual([sha256(bytes), sha256(bytes)]);
    }
    expect(await spools()).toEqual([]);
  });

  it('leaves no file open when the host is away, or refuses before a byte was sent', async () => {
    const server = await store();
    const folder = await mkdtemp(join(tmpdir(), 'content-'));
    open.push(() => rm(folder, { recursive: true }));
    const file = join(folder, 'feed.json');
    await writeFile(file, randomBytes(3_000_000));
    const streams: Readable[] = [];
    const content = {
      bytes: 3_000_000,
      open: () => {
        const stream = createReadStream(file);
        streams.push(stream);
        return stream;
      },
    };
    server.faults.push({ answer: s3Error(403, 'AccessDenied', 'Access Denied') });
    await expect(put(server, content)).rejects.toMatchObject({ code: 'DOCUMENT_URL_REFUSED' });
    // Nobody listens there, nor begins to: it is not a port that systems hand out.
    const url = server.url.replace(/:\d+\//, ':1/');
    await expect(put({ url }, content, { maxAttempts: 2 })).rejects.toMatchObject({
      code: 'DOCUMENT_INTERRUPTED',
    });
    expect(streams).toHaveLength(3);
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true, true]);
  });

  it('gives up after its attempts', async () => {
    const server = await store();
    for (let fault = 0; fault < 9; fault++) server.faults.push({ loseAnswer: true });
    await expect(put(server, 'x', { maxAttempts: 3 })).rejects.toMatchObject({
      name: 'DocumentError',
      code: 'DOCUMENT_INTERRUPTED',
      retryable: true,
    });
    expect(server.puts).toHaveLength(3);
  });

  it('explains a signature that does not match by the content type, and does not repeat it', async () => {
    const server = await store();
    server.faults.push({
      answer: s3Error(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match'),
    });
    const error = (await put(server, 'x').catch((thrown: unknown) => thrown)) as Error & {
      remedy: string;
      toJSON(): unknown;
    };
    expect(error).toMatchObject({
      name: 'DocumentError',
      code: 'DOCUMENT_URL_REFUSED',
      account: 'acme-za',
      retryable: false,
      details: { remoteCode: 'SignatureDoesNotMatch', contentType },
    });
    expect(error.message).toContain(contentType);
    expect(error.remedy).toContain('upper and lower case');
    expect(JSON.stringify([error, error.message, String(error.cause)])).not.toContain('X-Amz-Signature');
    expect(server.puts).toHaveLength(0);
  });

  it('tells a URL that has expired from one that is refused', async () => {
    const server = await store();
    server.faults.push({ answer: expired });
    await expect(put(server, 'x')).rejects.toMatchObject({ code: 'DOCUMENT_URL_EXPIRED', retryable: true });
    const denied = s3Error(403, 'AccessDenied', 'Access Denied');
    server.faults.push({ answer: denied });
    await expect(put(server, 'x')).rejects.toMatchObject({ code: 'DOCUMENT_URL_REFUSED' });
    server.faults.push({ answer: denied });
    await expect(put(server, 'x', { expiresAt: new Date(0) })).rejects.toMatchObject({
      code: 'DOCUMENT_URL_EXPIRED',
    });
  });

  it('does not send gigabytes to a store that refuses at once', async () => {
    const server = await store();
    server.faults.push({ answer: expired });
    let read = 0;
    const content = {
      bytes: 1024 * 1024 * 1024,
      open: () =>
        Readable.from(
          (function* () {
            for (;;) {
              read += 65_536;
              yield Buffer.alloc(65_536);
            }
          })(),
          { objectMode: false },
        ),
    };
    await expect(put(server, content)).rejects.toMatchObject({ code: 'DOCUMENT_URL_EXPIRED' });
    expect(read).toBeLessThan(64 * 1024 * 1024);
  });

  it('refuses a content that is not as long as it said', async () => {
    const server = await store();
    for (const bytes of [9, 11]) {
      const content = { bytes, open: () => Readable.from([Buffer.alloc(10)], { objectMode: false }) };
      await expect(put(server, content)).rejects.toMatchObject({
        name: 'ValidationError',
        field: 'contentLength',
      });
    }
    expect(server.puts).toHaveLength(0);
  });

  it('passes on what reading the content throws, and leaves nothing behind', async () => {
    const server = await store();
    const broken = new Error('the disk is gone');
    const failing = (size: number) =>
      Readable.from(
        (function* () {
          for (let given = 0; given < size; given += 100_000) yield Buffer.alloc(100_000);
          throw broken;
        })(),
        { objectMode: false },
      );
    await expect(put(server, failing(200_000))).rejects.toBe(broken);
    await expect(put(server, failing(3_000_000))).rejects.toBe(broken);
    await expect(put(server, { open: () => failing(200_000), bytes: 400_000 })).rejects.toBe(broken);
    await expect(put(server, { file: '/no/such/file' })).rejects.toMatchObject({
      name: 'ValidationError',
      field: 'file',
    });
    await expect(put(server, { file: tmpdir() })).rejects.toMatchObject({ name: 'ValidationError' });
    expect(server.puts).toHaveLength(0);
    expect(await spools()).toEqual([]);
  });

  it('ends at once with the signal’s reason, while copying and while sending', async () => {
    const server = await store();
    const reason = new Error('the worker goes down');
    const copying = new AbortController();
    const endless = new Readable({ objectMode: false, read() {} });
    endless.push('beginning');
    const waiting = put(server, endless, { signal: copying.signal });
    setImmediate(() => copying.abort(reason));
    await expect(waiting).rejects.toBe(reason);
    expect(endless.destroyed).toBe(true);

    const sending = new AbortController();
    const deaf = { answer: () => setImmediate(() => sending.abort(reason)) };
    server.faults.push(deaf);
    await expect(put(server, Buffer.alloc(8 * 1024 * 1024), { signal: sending.signal })).rejects.toBe(reason);
    await expect(put(server, 'x', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('tells how far it is', async () => {
    const server = await store();
    const told: { bytes: number; totalBytes?: number }[] = [];
    const bytes = 4 * 1024 * 1024;
    await put(server, Buffer.alloc(bytes), { onProgress: (progress) => told.push(progress) });
    expect(told.at(-1)).toEqual({ bytes, totalBytes: bytes });
    expect(told.every((one, index) => one.bytes > (told[index - 1]?.bytes ?? -1))).toBe(true);
  });
});
