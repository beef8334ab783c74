import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { NetworkAwareClient } from '@fluxori/network';
import { afterEach, describe, expect, it } from '@jest/globals';
import { gunzipped } from '../decode/gunzipped.js';
import { DocumentServer } from '../testing/document-server.js';
import { patient } from '../testing/download-rig.js';
import { readToEnd, tsv } from '../testing/read-rows.js';
import { type DownloadOptions, download } from '../transfer/download.js';
import { rowsOf } from './rows-of.js';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const lines = Array.from(
  { length: 200_000 },
  (_, index) => `${index}\tTeekanne ${(index * 7919) % 100_003} 大阪\n`,
);
const packed = gzipSync(`id\ttitle\n${lines.join('')}`);

async function opened(options: Partial<DownloadOptions> = {}) {
  const server = await new DocumentServer(packed).start();
  open.push(() => server.stop());
  const client = new NetworkAwareClient({
    env: {},
    timeouts: patient,
    breaker: { failuresInRow: 1_000, minimumRequests: 1_000 },
  });
  open.push(() => client.close());
  server.faults.push(...[100_000, 1, 200_000, 65_537].map((dropAfter) => ({ dropAfter })));
  const document = await download(() => Promise.resolve({ url: server.url }), {
    client,
    operation: 'reports.download',
    account: 'acme-za',
    random: () => 0,
    ...options,
  });
  return { server, document };
}

describe('rows of a download', () => {
  it('are whole and in order over connections that drop', async () => {
    const sha256 = createHash('sha256').update(packed).digest('hex');
    const { document } = await opened({ expectedSha256: sha256 });
    const { rows, error } = await readToEnd<{ id: string; title: string }>(gunzipped(document.bytes), tsv);
    expect(error).toBeUndefined();
    expect(rows.map(({ id, title }) => `${id}\t${title}\n`).join('')).toBe(lines.join(''));
    expect(await document.facts).toMatchObject({ drops: 4, sha256 });
  });

  it('end with an error, not with their last one, when the digest is another', async () => {
    const { document } = await opened({ expectedSha256: 'ab'.repeat(32) });
    const { facts, error } = await readToEnd(gunzipped(document.bytes), tsv);
    expect(facts).toBeUndefined();
    expect(error).toMatchObject({ name: 'DocumentError', code: 'DOCUMENT_DAMAGED', account: 'acme-za' });
  });

  it('close the connection when their loop is left', async () => {
    const { server, document } = await opened();
    for await (const _ of rowsOf(gunzipped(document.bytes), { format: tsv, charset: 'utf-8' })) break;
    expect(document.bytes.destroyed).toBe(true);
    await expect(document.facts).rejects.toMatchObject({ code: 'DOCUMENT_INTERRUPTED' });
    expect(server.gets.length).toBeLessThanOrEqual(5);
  });
});
