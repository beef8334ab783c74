import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type DocumentServer, expired, s3Error } from '../testing/document-server.js';
import { DownloadRig, links, megabyte, read, sha256 } from '../testing/download-rig.js';
import { download } from './download.js';

const rig = new DownloadRig();

afterEach(async () => {
  jest.useRealTimers();
  await rig.close();
});

/** Waits until the store has no more to send, because nobody takes it. @returns how many bytes it sent. */
async function fullOf(server: DocumentServer): Promise<number> {
  let before = -1;
  // Turns of this process alone would not do: the system may take its time to carry bytes from one side to the other. Nor would one long pause,
  // which is over without a turn where this process stands still meanwhile.
  for (let looksAlike = 0; looksAlike < 5; looksAlike++) {
    const sent = server.ranges[0]?.sent ?? 0;
    if (sent !== before) looksAlike = 0;
    before = sent;
    await wait(10);
  }
  return before;
}

describe('download', () => {
  it('brings the bytes as they are on the wire, and what is known of them', async () => {
    const content = randomBytes(3 * megabyte);
    const server = await rig.serverWith(content);
    const told: { bytes: number; totalBytes?: number }[] = [];
    const { source } = links(server.url);
    const got = await download(source, rig.options({ onProgress: (progress) => told.push(progress) }));
    expect(got).toMatchObject({ contentType: server.contentType, totalBytes: content.length });
    expect((await read(got)).equals(content)).toBe(true);
    expect(await got.facts).toEqual({ bytes: content.length, sha256: sha256(content), drops: 0, links: 1 });
    expect(told.at(-1)).toEqual({ bytes: content.length, totalBytes: content.length });
    expect(server.gets[0]?.headers).toMatchObject({ 'accept-encoding': 'identity' });
    for (const name of Object.keys(server.gets[0]?.headers ?? {}))
      expect(name).not.toMatch(/^x-amz|authorization/);
  });

  it('refuses bytes with another digest', async () => {
    const content = randomBytes(1_000);
    const server = await rig.serverWith(content);
    const got = await download(
      links(server.url).source,
      rig.options({ expectedSha256: sha256(randomBytes(1_000)) }),
    );
    await expect(read(got)).rejects.toMatchObject({
      code: 'DOCUMENT_DAMAGED',
      details: { sha256: sha256(content) },
    });
    const same = await download(
      links(server.url).source,
      rig.options({ expectedSha256: sha256(content).toUpperCase() }),
    );
    expect((await read(same)).equals(content)).toBe(true);
  });

  it('reads an empty document', async () => {
    const server = await rig.serverWith(Buffer.alloc(0));
    const got = await download(links(server.url).source, rig.options());
    expect((await read(got)).length).toBe(0);
    expect(await got.facts).toMatchObject({ bytes: 0, drops: 0 });
  });

  it.each([
    [404, 'NoSuchKey', 'DOCUMENT_NOT_FOUND'],
    [400, 'InvalidRequest', 'REMOTE_REFUSED'],
    [301, 'PermanentRedirect', 'REMOTE_REFUSED'],
  ])('ends on a %i %s with %s, and tells no URL', async (status, s3Code, code) => {
    const server = await rig.serverWith(randomBytes(1_000));
    server.faults.push({ answer: s3Error(status, s3Code, 'No') });
    const error = (await download(links(server.url).source, rig.options()).catch(
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

  it('takes no more from the store than its reader takes', async () => {
    const content = randomBytes(48 * megabyte);
    const server = await rig.serverWith(content);
    const got = await download(links(server.url).source, rig.options());
    got.bytes.once('readable', () => undefined);
    const before = await fullOf(server);
    // What the kernel holds for both sides, and half a megabyte here.
    expect(before).toBeLessThan(24 * megabyte);
    expect(sha256(await read(got))).toBe(sha256(content));
  });

  it('lets a reader take its time: silence is counted only while somebody wants to read', async () => {
    const content = randomBytes(16 * megabyte);
    const server = await rig.serverWith(content);
    // The limits' clock moves only here, so that a machine that holds everything up for a moment is not taken for silence.
    jest.useFakeTimers({
      doNotFake: ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate'],
    });
    const got = await download(
      links(server.url).source,
      rig.options({ client: rig.client({ idleMs: 150 }) }),
    );
    let pieces = 0;
    const hash = createHash('sha256');
    for await (const chunk of got.bytes) {
      hash.update(chunk as Buffer);
      if (pieces++ !== 2) continue;
      await fullOf(server);
      jest.advanceTimersByTime(600_000);
    }
    expect(hash.digest('hex')).toBe(sha256(content));
    expect(await got.facts).toMatchObject({ drops: 0 });
  });

  it('ends at once with the signal’s reason: while connecting, waiting for a link, pausing and reading', async () => {
    const server = await rig.serverWith(randomBytes(4 * megabyte));
    const reason = new Error('the job was cancelled');
    const stopped = new AbortController();
    const waiting = download(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
      rig.options({ signal: stopped.signal }),
    );
    stopped.abort(reason);
    await expect(waiting).rejects.toBe(reason);

    const reading = new AbortController();
    const got = await download(links(server.url).source, rig.options({ signal: reading.signal }));
    got.bytes.once('data', () => {
      got.bytes.pause();
      reading.abort(reason);
    });
    await expect(got.facts).rejects.toBe(reason);

    const pausing = new AbortController();
    server.faults.push({ answer: s3Error(500, 'InternalError', 'x') });
    const asleep = download(
      links(server.url).source,
      rig.options({
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
    const server = await rig.serverWith(randomBytes(32 * megabyte));
    const got = await download(links(server.url).source, rig.options());
    for await (const _ of got.bytes) break;
    await expect(got.facts).rejects.toMatchObject({ code: 'DOCUMENT_INTERRUPTED' });
    expect(server.ranges[0]?.sent).toBeLessThan(32 * megabyte);
    expect(server.ranges).toHaveLength(1);
  });

  it('passes on what the source of links throws', async () => {
    const noToken = new Error('no token for a minute');
    await expect(download(() => Promise.reject(noToken), rig.options())).rejects.toBe(noToken);
    const server = await rig.serverWith(randomBytes(megabyte));
    server.faults.push({ dropAfter: 100_000 }, { answer: expired });
    let asked = 0;
    const got = await download(
      async () => (asked++ === 0 ? { url: server.url } : Promise.reject(noToken)),
      rig.options(),
    );
    await expect(read(got)).rejects.toBe(noToken);
  });
});
