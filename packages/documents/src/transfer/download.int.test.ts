import { createHash, randomBytes } from 'node:crypto';
import net from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { NetworkAwareClient } from '@fluxori/network';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DocumentServer, expired, s3Error } from '../testing/document-server.js';
import type { DocumentLink } from './document-link.js';
import { type Download, type DownloadOptions, download } from './download.js';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const megabyte = 1024 * 1024;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function serverWith(content: Buffer): Promise<DocumentServer> {
  const server = await new DocumentServer(content).start();
  open.push(() => server.stop());
  return server;
}

function client(timeouts = {}): NetworkAwareClient {
  const made = new NetworkAwareClient({
    env: {},
    timeouts,
    breaker: { failuresInRow: 1_000, minimumRequests: 1_000 },
  });
  open.push(() => made.close());
  return made;
}

/** No pause between attempts, so that a test takes the time of its bytes. */
const options = (more: Partial<DownloadOptions> = {}): DownloadOptions => ({
  client: more.client ?? client(),
  operation: 'reports.download',
  account: 'acme-za',
  random: () => 0,
  ...more,
});

/** A source of links to `url`, numbered, that remembers why it was asked. */
function links(url: string, good: (number: number) => void = () => undefined) {
  const asked: string[] = [];
  return {
    asked,
    source: async (why: 'first' | 'expired'): Promise<DocumentLink> => {
      asked.push(why);
      good(asked.length);
      return { url: `${url}&link=${asked.length}` };
    },
  };
}

async function read({ bytes }: Download): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A server that says exactly these bytes to each connection, one after another, and closes it. */
async function rawServer(answers: readonly (string | Buffer)[]): Promise<string> {
  let number = 0;
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      const answer = answers[Math.min(number++, answers.length - 1)] as string | Buffer;
      socket.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => server.close());
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/document?sig=1`;
}

describe('download', () => {
  it('brings the bytes as they are on the wire, and what is known of them', async () => {
    const content = randomBytes(3 * megabyte);
    const server = await serverWith(content);
    const told: { bytes: number; totalBytes?: number }[] = [];
    const { source } = links(server.url);
    const got = await download(source, options({ onProgress: (progress) => told.push(progress) }));
    expect(got).toMatchObject({ contentType: server.contentType, totalBytes: content.length });
    expect((await read(got)).equals(content)).toBe(true);
    expect(await got.facts).toEqual({ bytes: content.length, sha256: sha256(content), drops: 0, links: 1 });
    expect(told.at(-1)).toEqual({ bytes: content.length, totalBytes: content.length });
    expect(server.gets[0]?.headers).toMatchObject({ 'accept-encoding': 'identity' });
    for (const name of Object.keys(server.gets[0]?.headers ?? {}))
      expect(name).not.toMatch(/^x-amz|authorization/);
  });

  it('survives 20 drops: the bytes are right and nothing is fetched twice but what a drop had under way', async () => {
    const content = randomBytes(24 * megabyte);
    const server = await serverWith(content);
    for (let drop = 0; drop < 20; drop++) server.faults.push({ dropAfter: megabyte + drop * 1_000 + 17 });
    const { source, asked } = links(server.url);
    const got = await download(source, options({ expectedSha256: sha256(content) }));
    expect(sha256(await read(got))).toBe(sha256(content));
    expect(await got.facts).toEqual({ bytes: content.length, sha256: sha256(content), drops: 20, links: 1 });
    expect(asked).toEqual(['first']);
    expect(server.ranges).toHaveLength(21);
    // Each goes on at a byte that the one before had sent or was to send next: at most one stretch is served again for each drop.
    server.ranges.slice(1).forEach((range, index) => {
      const before = server.ranges[index];
      expect(range.asked).toBe(`bytes=${range.from}-`);
      expect(range.from).toBeGreaterThan(before?.from ?? 0);
      expect(range.from).toBeLessThanOrEqual((before?.from ?? 0) + (before?.sent ?? 0));
    });
    expect(server.gets[1]?.headers['if-range']).toBe(server.etag);
  });

  it('goes on after drops also where the store knows no ranges, without holding what it leaves out', async () => {
    const content = randomBytes(2 * megabyte);
    const server = await serverWith(content);
    server.knowsRanges = false;
    server.faults.push({ dropAfter: 700_000 }, { dropAfter: 300_000 }, { dropAfter: 1_500_000 });
    const got = await download(links(server.url).source, options());
    expect((await read(got)).equals(content)).toBe(true);
    expect(await got.facts).toMatchObject({ drops: 3, sha256: sha256(content) });
  });

  it('notices by the bytes that another document lies there, where there is neither range nor ETag', async () => {
    const content = randomBytes(megabyte);
    const server = await serverWith(content);
    server.knowsRanges = false;
    server.etag = undefined;
    server.faults.push({ dropAfter: 400_000 });
    const got = await download(links(server.url).source, options());
    const changed = Buffer.from(content);
    changed[7] = (changed[7] as number) ^ 1;
    server.content = changed;
    await expect(read(got)).rejects.toMatchObject({ name: 'DocumentError', code: 'DOCUMENT_CHANGED' });
    await expect(got.facts).rejects.toMatchObject({ code: 'DOCUMENT_CHANGED' });
  });

  it.each([
    [
      'ETag',
      (server: DocumentServer) => {
        server.etag = '"another"';
      },
    ],
    [
      'length',
      (server: DocumentServer) => {
        server.etag = undefined;
        server.content = Buffer.concat([server.content, Buffer.of(1)]);
      },
    ],
    [
      'length, now shorter than what had come,',
      (server: DocumentServer) => {
        server.etag = undefined;
        server.content = server.content.subarray(0, 1_000);
      },
    ],
  ])('refuses to join two documents when the %s changed', async (_what, change) => {
    const server = await serverWith(randomBytes(megabyte));
    server.faults.push({ dropAfter: 500_000 });
    server.etag = undefined;
    if (_what === 'ETag') server.etag = '"one"';
    const got = await download(links(server.url).source, options());
    change(server);
    await expect(read(got)).rejects.toMatchObject({
      code: 'DOCUMENT_CHANGED',
      operation: 'reports.download',
      account: 'acme-za',
    });
  });

  it('takes a range that begins elsewhere for an error, or leaves out what it has', async () => {
    const content = randomBytes(200_000);
    const server = await serverWith(content);
    const from = (first: number) => ({
      answer: (_: unknown, response: import('node:http').ServerResponse) => {
        const range = `bytes ${first}-${content.length - 1}/${content.length}`;
        response.writeHead(206, { 'content-range': range, 'content-length': content.length - first });
        response.end(content.subarray(first));
      },
    });
    server.faults.push({ dropAfter: 100_000 }, from(50_000));
    expect((await read(await download(links(server.url).source, options()))).equals(content)).toBe(true);
    server.faults.push({ dropAfter: 100_000 }, from(100_001));
    const got = await download(links(server.url).source, options());
    await expect(read(got)).rejects.toMatchObject({ code: 'DOCUMENT_DAMAGED' });
  });

  it('asks for another link when the URL has expired in the middle, and only then', async () => {
    const content = randomBytes(megabyte);
    const server = await serverWith(content);
    server.goodLink = '1';
    const { source, asked } = links(server.url, (number) => {
      server.goodLink = String(number);
    });
    server.faults.push({ dropAfter: 300_000 }, { dropAfter: 300_000 });
    const got = await download(source, options());
    server.goodLink = 'none';
    expect((await read(got)).equals(content)).toBe(true);
    expect(asked).toEqual(['first', 'expired']);
    expect(await got.facts).toMatchObject({ links: 2, drops: 2 });
  });

  it('asks once more when the first link had expired already, and not again', async () => {
    const server = await serverWith(randomBytes(1_000));
    server.goodLink = '2';
    const late = links(server.url);
    expect((await read(await download(late.source, options()))).length).toBe(1_000);
    expect(late.asked).toEqual(['first', 'expired']);
    server.goodLink = 'none';
    const never = links(server.url);
    await expect(download(never.source, options())).rejects.toMatchObject({ code: 'DOCUMENT_URL_EXPIRED' });
    expect(never.asked).toEqual(['first', 'expired']);
  });

  it('asks again when the link’s time is over although the store does not say why it refuses', async () => {
    const server = await serverWith(randomBytes(1_000));
    server.faults.push({ answer: s3Error(403, 'AccessDenied', 'Access Denied') });
    const asked: string[] = [];
    const got = await download(async (why) => {
      asked.push(why);
      return { url: server.url, expiresAt: new Date(why === 'first' ? 0 : Date.now() + 300_000) };
    }, options());
    expect((await read(got)).length).toBe(1_000);
    expect(asked).toEqual(['first', 'expired']);
  });

  it('does not spend a token on a fresh link that is refused', async () => {
    const server = await serverWith(randomBytes(1_000));
    server.faults.push({
      answer: s3Error(403, 'SignatureDoesNotMatch', 'The request signature we calculated…'),
    });
    const { source, asked } = links(server.url);
    await expect(download(source, options())).rejects.toMatchObject({
      name: 'DocumentError',
      code: 'DOCUMENT_URL_REFUSED',
      retryable: false,
    });
    expect(asked).toEqual(['first']);
  });

  it.each([
    [404, 'NoSuchKey', 'DOCUMENT_NOT_FOUND'],
    [400, 'InvalidRequest', 'REMOTE_REFUSED'],
    [301, 'PermanentRedirect', 'REMOTE_REFUSED'],
  ])('ends on a %i %s with %s, and tells no URL', async (status, s3Code, code) => {
    const server = await serverWith(randomBytes(1_000));
    server.faults.push({ answer: s3Error(status, s3Code, 'No') });
    const error = (await download(links(server.url).source, options()).catch(
      (thrown: unknown) => thrown,
    )) as Error & {
      toJSON(): unknown;
    };
    expect(error).toMatchObject({ code });
    expect(JSON.stringify([error.toJSON(), error.message, String(error.cause)])).not.toMatch(
      /Signature=|link=/,
    );
    expect(server.gets).toHaveLength(1);
  });

  it('tries again after a server error and a lost connection, also before the first byte', async () => {
    const content = randomBytes(100_000);
    const server = await serverWith(content);
    const cut = { answer: (request: import('node:http').IncomingMessage) => void request.socket.destroy() };
    server.faults.push({ answer: s3Error(503, 'SlowDown', 'Please reduce your request rate.') }, cut, cut, {
      dropAfter: 0,
    });
    const got = await download(links(server.url).source, options());
    expect((await read(got)).equals(content)).toBe(true);
  });

  it('gives up when nothing moves any more, and says how far it was', async () => {
    const server = await serverWith(randomBytes(megabyte));
    server.faults.push({ dropAfter: 400_000 });
    for (let more = 0; more < 1_000; more++)
      server.faults.push({ answer: s3Error(500, 'InternalError', 'We encountered an internal error.') });
    let now = 0;
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    const got = await download(
      links(server.url).source,
      options({ clock, random: () => 0.9, patienceMs: 60_000 }),
    );
    await expect(read(got)).rejects.toMatchObject({
      name: 'DocumentError',
      code: 'DOCUMENT_INTERRUPTED',
      retryable: true,
      details: { bytes: 400_000, drops: 1 },
    });
    // With pauses that grow to ten seconds, a minute is about a dozen attempts.
    expect(server.gets.length).toBeGreaterThan(8);
    expect(server.gets.length).toBeLessThan(20);
  });

  it('bears no more drops than it was told, whatever moved between them', async () => {
    const server = await serverWith(randomBytes(megabyte));
    for (let drop = 0; drop < 9; drop++) server.faults.push({ dropAfter: 100_000 });
    const got = await download(links(server.url).source, options({ maxDrops: 3 }));
    await expect(read(got)).rejects.toMatchObject({ code: 'DOCUMENT_INTERRUPTED', details: { drops: 4 } });
  });

  it('refuses bytes with another digest', async () => {
    const content = randomBytes(1_000);
    const server = await serverWith(content);
    const got = await download(
      links(server.url).source,
      options({ expectedSha256: sha256(randomBytes(1_000)) }),
    );
    await expect(read(got)).rejects.toMatchObject({
      code: 'DOCUMENT_DAMAGED',
      details: { sha256: sha256(content) },
    });
    const same = await download(
      links(server.url).source,
      options({ expectedSha256: sha256(content).toUpperCase() }),
    );
    expect((await read(same)).equals(content)).toBe(true);
  });

  it('takes fewer bytes than announced for a drop, and says so when no more ever come', async () => {
    const short = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n0123456789';
    const rest = 'HTTP/1.1 206 Partial\r\ncontent-range: bytes 10-99/100\r\ncontent-length: 90\r\n\r\n';
    const whole = await download(
      links(await rawServer([short, `${rest}${'x'.repeat(90)}`])).source,
      options(),
    );
    expect((await read(whole)).length).toBe(100);
    const never = await download(links(await rawServer([short])).source, options({ maxDrops: 4 }));
    await expect(read(never)).rejects.toMatchObject({ code: 'DOCUMENT_INTERRUPTED', details: { bytes: 10 } });
    const gone = 'HTTP/1.1 416 No\r\ncontent-range: bytes */10\r\ncontent-length: 0\r\n\r\n';
    const ended = await download(links(await rawServer([short, gone])).source, options());
    await expect(read(ended)).rejects.toMatchObject({ code: 'DOCUMENT_CHANGED' });
    const empty = 'HTTP/1.1 206 Partial\r\ncontent-range: bytes 10-99/100\r\ncontent-length: 0\r\n\r\n';
    const nothing = await download(links(await rawServer([short, empty])).source, options({ maxDrops: 4 }));
    await expect(read(nothing)).rejects.toMatchObject({ code: 'DOCUMENT_TRUNCATED' });
  });

  it('does not pass over bytes after the announced end', async () => {
    const long = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789more';
    const got = await download(links(await rawServer([long])).source, options());
    await expect(read(got)).rejects.toMatchObject({ code: 'DOCUMENT_DAMAGED' });
    const beyond = 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n0123456789';
    const more =
      'HTTP/1.1 206 Partial\r\ncontent-range: bytes 10-19/20\r\ntransfer-encoding: chunked\r\n\r\nb\r\n0123456789x\r\n0\r\n\r\n';
    const joined = await download(links(await rawServer([beyond, more])).source, options());
    await expect(read(joined)).rejects.toMatchObject({ code: 'DOCUMENT_DAMAGED' });
  });

  it('knows a whole document without a length by its last chunk', async () => {
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
    const cut = `${head}a\r\n0123456789\r\n5\r\nab`;
    const rest = 'HTTP/1.1 206 Partial\r\ncontent-range: bytes 12-14/15\r\ncontent-length: 3\r\n\r\ncde';
    const whole = await download(links(await rawServer([cut, rest])).source, options());
    expect((await read(whole)).toString()).toBe('0123456789abcde');
    const end = 'HTTP/1.1 416 No\r\ncontent-range: bytes */12\r\ncontent-length: 0\r\n\r\n';
    const lastCut = await download(links(await rawServer([cut, end])).source, options());
    expect((await read(lastCut)).toString()).toBe('0123456789ab');
  });

  it('reads an empty document', async () => {
    const server = await serverWith(Buffer.alloc(0));
    const got = await download(links(server.url).source, options());
    expect((await read(got)).length).toBe(0);
    expect(await got.facts).toMatchObject({ bytes: 0, drops: 0 });
  });

  it('takes no more from the store than its reader takes', async () => {
    const content = randomBytes(48 * megabyte);
    const server = await serverWith(content);
    const got = await download(links(server.url).source, options());
    got.bytes.once('readable', () => undefined);
    let before = -1;
    while (server.ranges[0]?.sent !== before) {
      before = server.ranges[0]?.sent ?? 0;
      for (let waited = 0; waited < 100; waited++) await turn();
    }
    // What the kernel holds for both sides, and half a megabyte here.
    expect(before).toBeLessThan(24 * megabyte);
    expect(sha256(await read(got))).toBe(sha256(content));
  });

  it('lets a reader take its time: silence is counted only while somebody wants to read', async () => {
    const content = randomBytes(16 * megabyte);
    const server = await serverWith(content);
    const got = await download(links(server.url).source, options({ client: client({ idleMs: 150 }) }));
    let pieces = 0;
    const hash = createHash('sha256');
    for await (const chunk of got.bytes) {
      hash.update(chunk as Buffer);
      if (pieces++ === 2) await new Promise((resolve) => setTimeout(resolve, 600));
    }
    expect(hash.digest('hex')).toBe(sha256(content));
    expect(await got.facts).toMatchObject({ drops: 0 });
  });

  it('goes on elsewhere when the store falls silent', async () => {
    const content = randomBytes(300_000);
    const server = await serverWith(content);
    server.faults.push({
      answer: (_, response) => {
        response.writeHead(200, {
          'content-length': content.length,
          ...(server.etag && { etag: server.etag }),
        });
        response.write(content.subarray(0, 1_000));
      },
    });
    const got = await download(links(server.url).source, options({ client: client({ idleMs: 200 }) }));
    expect((await read(got)).equals(content)).toBe(true);
    expect(await got.facts).toMatchObject({ drops: 1 });
    expect(server.ranges[0]?.asked).toBe('bytes=1000-');
  });

  it('ends at once with the signal’s reason: while connecting, waiting for a link, pausing and reading', async () => {
    const server = await serverWith(randomBytes(4 * megabyte));
    const reason = new Error('the job was cancelled');
    const stopped = new AbortController();
    const waiting = download(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
      options({ signal: stopped.signal }),
    );
    stopped.abort(reason);
    await expect(waiting).rejects.toBe(reason);

    const reading = new AbortController();
    const got = await download(links(server.url).source, options({ signal: reading.signal }));
    got.bytes.once('data', () => {
      got.bytes.pause();
      reading.abort(reason);
    });
    await expect(got.facts).rejects.toBe(reason);

    const pausing = new AbortController();
    server.faults.push({ answer: s3Error(500, 'InternalError', 'x') });
    const asleep = download(
      links(server.url).source,
      options({
        signal: pausing.signal,
        random: () => 0.99,
        clock: {
          now: () => 0,
          sleep: (_ms, signal) =>
            new Promise((_resolve, reject) => {
              signal?.addEventListener('abort', () => reject(signal.reason));
              pausing.abort(reason);
            }),
        },
      }),
    );
    await expect(asleep).rejects.toBe(reason);
  });

  it('lets the connection go when its reader leaves, and tells the facts’ reader', async () => {
    const server = await serverWith(randomBytes(32 * megabyte));
    const got = await download(links(server.url).source, options());
    for await (const _ of got.bytes) break;
    await expect(got.facts).rejects.toMatchObject({ code: 'DOCUMENT_INTERRUPTED' });
    expect(server.ranges[0]?.sent).toBeLessThan(32 * megabyte);
    expect(server.ranges).toHaveLength(1);
  });

  it('passes on what the source of links throws', async () => {
    const noToken = new Error('no token for a minute');
    await expect(download(() => Promise.reject(noToken), options())).rejects.toBe(noToken);
    const server = await serverWith(randomBytes(megabyte));
    server.faults.push({ dropAfter: 100_000 }, { answer: expired });
    let asked = 0;
    const got = await download(
      async () => (asked++ === 0 ? { url: server.url } : Promise.reject(noToken)),
      options(),
    );
    await expect(read(got)).rejects.toBe(noToken);
  });
});
