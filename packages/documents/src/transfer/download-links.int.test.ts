import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { s3Error } from '../testing/document-server.js';
import { DownloadRig, links, megabyte, read } from '../testing/download-rig.js';
import { download } from './download.js';

const rig = new DownloadRig();

afterEach(() => rig.close());

describe('the links of a download', () => {
  it('asks for another link when the URL has expired in the middle, and only then', async () => {
    const content = randomBytes(megabyte);
    const server = await rig.serverWith(content);
    server.goodLink = '1';
    const { source, asked } = links(server.url, (number) => {
      server.goodLink = String(number);
    });
    server.faults.push({ dropAfter: 300_000 }, { dropAfter: 300_000 });
    const got = await download(source, rig.options());
    server.goodLink = 'none';
    expect((await read(got)).equals(content)).toBe(true);
    expect(asked).toEqual(['first', 'expired']);
    expect(await got.facts).toMatchObject({ links: 2, drops: 2 });
  });

  it('asks once more when the first link had expired already, and not again', async () => {
    const server = await rig.serverWith(randomBytes(1_000));
    server.goodLink = '2';
    const late = links(server.url);
    expect((await read(await download(late.source, rig.options()))).length).toBe(1_000);
    expect(late.asked).toEqual(['first', 'expired']);
    server.goodLink = 'none';
    const never = links(server.url);
    await expect(download(never.source, rig.options())).rejects.toMatchObject({
      code: 'DOCUMENT_URL_EXPIRED',
    });
    expect(never.asked).toEqual(['first', 'expired']);
  });

  it('asks again when the link’s time is over although the store does not say why it refuses', async () => {
    const server = await rig.serverWith(randomBytes(1_000));
    server.faults.push({ answer: s3Error(403, 'AccessDenied', 'Access Denied') });
    const asked: string[] = [];
    const got = await download(async (why) => {
      asked.push(why);
      return { url: server.url, expiresAt: new Date(why === 'first' ? 0 : Date.now() + 300_000) };
    }, rig.options());
    expect((await read(got)).length).toBe(1_000);
    expect(asked).toEqual(['first', 'expired']);
  });

  it('does not spend a token on a fresh link that is refused', async () => {
    const server = await rig.serverWith(randomBytes(1_000));
    server.faults.push({
      answer: s3Error(403, 'SignatureDoesNotMatch', 'The request signature we calculated…'),
    });
    const { source, asked } = links(server.url);
    await expect(download(source, rig.options())).rejects.toMatchObject({
      name: 'DocumentError',
      code: 'DOCUMENT_URL_REFUSED',
      retryable: false,
    });
    expect(asked).toEqual(['first']);
  });
});
