import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type ServedRange, s3Error } from '../testing/document-server.js';
import { DownloadRig, links, megabyte, read, sha256 } from '../testing/download-rig.js';
import { download } from './download.js';

const rig = new DownloadRig();

afterEach(() => rig.close());

describe('a download that breaks', () => {
  it('survives 20 drops: the bytes are right, and no more than one stretch is fetched twice for each drop', async () => {
    const content = randomBytes(64 * megabyte);
    const server = await rig.serverWith(content);
    // Every second time what is under way is lost with the line, too.
    for (let drop = 0; drop < 20; drop++) {
      server.faults.push({ dropAfter: 3 * megabyte + drop * 1_000 + 17, resets: drop % 2 === 1 });
    }
    const { source, asked } = links(server.url);
    const got = await download(source, rig.options({ expectedSha256: sha256(content) }));
    expect(sha256(await read(got))).toBe(sha256(content));
    expect(await got.facts).toEqual({ bytes: content.length, sha256: sha256(content), drops: 20, links: 1 });
    expect(asked).toEqual(['first']);
    expect(server.ranges).toHaveLength(21);
    expect(server.gets[1]?.headers['if-range']).toBe(server.etag);
    const sentTwice = stretchesSentTwice(server.ranges);
    expect(sentTwice.length).toBeLessThanOrEqual(20);
    const served = server.ranges.reduce((sum, { sent }) => sum + sent, 0);
    expect(served).toBe(content.length + sentTwice.reduce((sum, { bytes }) => sum + bytes, 0));
    // No stretch but what one drop had under way, and none a third time.
    for (const { from, bytes, next } of sentTwice) expect(from + bytes).toBeLessThanOrEqual(next);
    for (const { asked: header, from } of server.ranges.slice(1)) expect(header).toBe(`bytes=${from}-`);
  });

  it('goes on after drops also where the store knows no ranges, without holding what it leaves out', async () => {
    const content = randomBytes(2 * megabyte);
    const server = await rig.serverWith(content);
    server.knowsRanges = false;
    server.faults.push({ dropAfter: 700_000 }, { dropAfter: 300_000 }, { dropAfter: 1_500_000 });
    const got = await download(links(server.url).source, rig.options());
    expect((await read(got)).equals(content)).toBe(true);
    expect(await got.facts).toMatchObject({ drops: 3, sha256: sha256(content) });
  });

  it('tries again after a server error and a lost connection, also before the first byte', async () => {
    const content = randomBytes(100_000);
    const server = await rig.serverWith(content);
    const cut = { answer: (request: import('node:http').IncomingMessage) => void request.socket.destroy() };
    server.faults.push({ answer: s3Error(503, 'SlowDown', 'Please reduce your request rate.') }, cut, cut, {
      dropAfter: 0,
    });
    const got = await download(links(server.url).source, rig.options());
    expect((await read(got)).equals(content)).toBe(true);
  });

  it('goes on elsewhere when the store falls silent', async () => {
    const content = randomBytes(300_000);
    const server = await rig.serverWith(content);
    server.faults.push({
      answer: (_, response) => {
        response.writeHead(200, {
          'content-length': content.length,
          ...(server.etag && { etag: server.etag }),
        });
        response.write(content.subarray(0, 1_000));
      },
    });
    const got = await download(
      links(server.url).source,
      rig.options({ client: rig.client({ idleMs: 200 }) }),
    );
    expect((await read(got)).equals(content)).toBe(true);
    // On a machine that holds everything up for so long, the next answer may seem silent, too.
    expect((await got.facts).drops).toBeGreaterThanOrEqual(1);
    expect(server.ranges[0]?.asked).toBe('bytes=1000-');
  });

  it('gives up when nothing moves any more, and says how far it was', async () => {
    const server = await rig.serverWith(randomBytes(megabyte));
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
      rig.options({ clock, random: () => 0.9, patienceMs: 60_000 }),
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
    const server = await rig.serverWith(randomBytes(megabyte));
    for (let drop = 0; drop < 9; drop++) server.faults.push({ dropAfter: 100_000 });
    const got = await download(links(server.url).source, rig.options({ maxDrops: 3 }));
    await expect(read(got)).rejects.toMatchObject({ code: 'DOCUMENT_INTERRUPTED', details: { drops: 4 } });
  });

  it('takes fewer bytes than announced for a drop, and says so when no more ever come', async () => {
    const short = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n0123456789';
    const rest = 'HTTP/1.1 206 Partial\r\ncontent-range: bytes 10-99/100\r\ncontent-length: 90\r\n\r\n';
    const whole = await download(
      links(await rig.rawServer([short, `${rest}${'x'.repeat(90)}`])).source,
      rig.options(),
    );
    expect((await read(whole)).length).toBe(100);
    const never = await download(links(await rig.rawServer([short])).source, rig.options({ maxDrops: 4 }));
    await expect(read(never)).rejects.toMatchObject({ code: 'DOCUMENT_INTERRUPTED', details: { bytes: 10 } });
    const gone = 'HTTP/1.1 416 No\r\ncontent-range: bytes */10\r\ncontent-length: 0\r\n\r\n';
    const ended = await download(links(await rig.rawServer([short, gone])).source, rig.options());
    await expect(read(ended)).rejects.toMatchObject({ code: 'DOCUMENT_CHANGED' });
    const empty = 'HTTP/1.1 206 Partial\r\ncontent-range: bytes 10-99/100\r\ncontent-length: 0\r\n\r\n';
    const nothing = await download(
      links(await rig.rawServer([short, empty])).source,
      rig.options({ maxDrops: 4 }),
    );
    await expect(read(nothing)).rejects.toMatchObject({ code: 'DOCUMENT_TRUNCATED' });
  });

  it('knows a whole document without a length by its last chunk', async () => {
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
    const cut = `${head}a\r\n0123456789\r\n5\r\nab`;
    const rest = 'HTTP/1.1 206 Partial\r\ncontent-range: bytes 12-14/15\r\ncontent-length: 3\r\n\r\ncde';
    const whole = await download(links(await rig.rawServer([cut, rest])).source, rig.options());
    expect((await read(whole)).toString()).toBe('0123456789abcde');
    const end = 'HTTP/1.1 416 No\r\ncontent-range: bytes */12\r\ncontent-length: 0\r\n\r\n';
    const lastCut = await download(links(await rig.rawServer([cut, end])).source, rig.options());
    expect((await read(lastCut)).toString()).toBe('0123456789ab');
  });
});

/** What the server sent before a drop and again after it; `next` is where the drop after that went on. */
function stretchesSentTwice(ranges: readonly ServedRange[]) {
  return ranges.slice(1).flatMap(({ from }, index) => {
    const before = ranges[index] as ServedRange;
    const bytes = before.from + before.sent - from;
    // A gap would be a byte that nobody sent.
    expect(bytes).toBeGreaterThanOrEqual(0);
    expect(from).toBeGreaterThan(before.from);
    return bytes === 0 ? [] : [{ from, bytes, next: ranges[index + 2]?.from ?? Number.POSITIVE_INFINITY }];
  });
}
