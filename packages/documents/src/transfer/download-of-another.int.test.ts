import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { DocumentServer } from '../testing/document-server.js';
import { DownloadRig, links, megabyte, read } from '../testing/download-rig.js';
import { download } from './download.js';

const rig = new DownloadRig();

afterEach(() => rig.close());

describe('a download whose document changes or is damaged under way', () => {
  it('notices by the bytes that another document lies there, where there is neither range nor ETag', async () => {
    const content = randomBytes(megabyte);
    const server = await rig.serverWith(content);
    server.knowsRanges = false;
    server.etag = undefined;
    server.faults.push({ dropAfter: 400_000 });
    const got = await download(links(server.url).source, rig.options());
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
    const server = await rig.serverWith(randomBytes(megabyte));
    server.faults.push({ dropAfter: 500_000 });
    server.etag = undefined;
    if (_what === 'ETag') server.etag = '"one"';
    const got = await download(links(server.url).source, rig.options());
    change(server);
    await expect(read(got)).rejects.toMatchObject({
      code: 'DOCUMENT_CHANGED',
      operation: 'reports.download',
      account: 'acme-za',
    });
  });

  it('takes a range that begins elsewhere for an error, or leaves out what it has', async () => {
    const content = randomBytes(200_000);
    const server = await rig.serverWith(content);
    const from = (first: number) => ({
      answer: (_: unknown, response: import('node:http').ServerResponse) => {
        const range = `bytes ${first}-${content.length - 1}/${content.length}`;
        response.writeHead(206, { 'content-range': range, 'content-length': content.length - first });
        response.end(content.subarray(first));
      },
    });
    server.faults.push({ dropAfter: 100_000 }, from(50_000));
    expect((await read(await download(links(server.url).source, rig.options()))).equals(content)).toBe(true);
    server.faults.push({ dropAfter: 100_000 }, from(100_001));
    const got = await download(links(server.url).source, rig.options());
    await expect(read(got)).rejects.toMatchObject({ code: 'DOCUMENT_DAMAGED' });
  });

  it('does not pass over bytes after the announced end', async () => {
    const long = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789more';
    const got = await download(links(await rig.rawServer([long])).source, rig.options());
    await expect(read(got)).rejects.toMatchObject({ code: 'DOCUMENT_DAMAGED' });
    const beyond = 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n0123456789';
    const more =
      'HTTP/1.1 206 Partial\r\ncontent-range: bytes 10-19/20\r\ntransfer-encoding: chunked\r\n\r\nb\r\n0123456789x\r\n0\r\n\r\n';
    const joined = await download(links(await rig.rawServer([beyond, more])).source, rig.options());
    await expect(read(joined)).rejects.toMatchObject({ code: 'DOCUMENT_DAMAGED' });
  });
});
