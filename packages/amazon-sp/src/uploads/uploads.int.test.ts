import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { orderId } from '@fluxori/core';
import { type ContentStore, openContentStore } from '@fluxori/documents';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { runJob } from '../../testing/run-job.js';
import { amazonJobs, type UploadedFile, uploadResources } from '../index.js';

const file = {
  resource: uploadResources.message(orderId('902-1234567-1234567'), 'invoice'),
  contentType: 'application/pdf',
};
const bytes = Buffer.from('%PDF-1.7 an invoice, but not a real one');
const sha256 = createHash('sha256').update(bytes).digest('hex');

let open: Sandboxed;
let folder: string;
let contents: ContentStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluxori-uploads-'));
  contents = await openContentStore(`file:${join(folder, 'contents')}`);
  open = await connectToSandbox({
    contents,
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, orders: 0, skus: 1 },
  });
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
  await contents?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await open.sandbox.faults.clear();
  open.sandbox.resetCounters();
});

const uploads = () => open.sandbox.counters().documents.uploads;

describe('uploads', () => {
  it.each([
    ['bytes', async () => bytes],
    ['text', async () => bytes.toString('utf8')],
    ['a stream that can be opened again', async () => ({ open: () => Readable.from([bytes]) })],
    [
      'a file',
      async () => {
        await writeFile(join(folder, 'invoice.pdf'), bytes);
        return { file: join(folder, 'invoice.pdf') };
      },
    ],
  ])(
    'put %s where Amazon wants it, checked by their MD5, without Amazon’s own headers',
    async (_, content) => {
      const told = await open.connector.uploads.send(await content(), file);
      expect(told).toEqual({
        ...{ uploadDestinationId: expect.stringContaining('amzn1.'), contentType: 'application/pdf' },
        ...{ bytes: bytes.length, sha256 },
      });
      expect(uploads()).toEqual([
        { documentId: told.uploadDestinationId, bytes: bytes.length, sha256, cut: false },
      ]);
      expect(open.sandbox.counters().documents.withCredentials).toBe(0);
    },
  );

  it('keep the slashes of the resource in their places, with or without one before it', async () => {
    await open.connector.uploads.send(bytes, { ...file, resource: `/${uploadResources.aPlusContent}` });
    expect(open.sandbox.counters().distinct.map(({ path }) => path)).toEqual([
      '/uploads/2020-11-01/uploadDestinations/aplus/2020-11-01/contentDocuments',
    ]);
  });

  it('are repeated when an answer was lost', async () => {
    await open.sandbox.faults.set({ kind: 'drop', when: 'after', operation: 'documents.put', count: 1 });
    await open.sandbox.faults.set({
      ...{ kind: 'drop', when: 'after', count: 1 },
      operation: 'uploads.createUploadDestinationForResource',
    });
    const { uploadDestinationId } = await open.connector.uploads.send(bytes, file);
    expect(uploads().map(({ documentId, cut }) => [documentId, cut])).toEqual([
      [uploadDestinationId, true],
      [uploadDestinationId, false],
    ]);
  });

  it('ask for another destination when the URL has ended, once', async () => {
    await using quick = await connectToSandbox({
      config: noWaiting.connector,
      sandbox: { ...noWaiting.sandbox, orders: 0, skus: 1, documents: { urlLifetimeMs: 1 } },
    });
    // However fast the machine is, the URL has ended when its upload is looked at.
    await quick.sandbox.faults.set({ kind: 'latency', ms: 5, operation: 'documents.put' });
    await expect(quick.connector.uploads.send(bytes, file)).rejects.toMatchObject({
      code: 'DOCUMENT_URL_EXPIRED',
      retryable: true,
    });
    expect(quick.sandbox.counters().distinct.map(({ count }) => count)).toEqual([2]);
  });

  it.each([
    ['resource', { ...file, resource: 'messaging' }],
    ['resource', { ...file, resource: 'a//b' }],
    ['contentType', { ...file, contentType: 'pdf' }],
  ])('name the wrong %s, and nothing is sent', async (field, wrong) => {
    await expect(open.connector.uploads.send(bytes, wrong)).rejects.toMatchObject({
      name: 'ValidationError',
      field,
    });
    expect(open.sandbox.counters().requests).toBe(0);
  });

  it('name a file that is not there', async () => {
    await expect(open.connector.uploads.send({ file: '/no/where' }, file)).rejects.toThrow(/\/no\/where/);
  });
});

describe('the job uploads.send', () => {
  const run = (payload: object) => {
    const jobs = amazonJobs({ connector: async () => open.connector });
    const job = jobs.find(({ name }) => name === 'uploads.send') as (typeof jobs)[number];
    return runJob(job, { backend: open.backend, payload }) as Promise<UploadedFile>;
  };

  it('uploads a file from the content store', async () => {
    await contents.write('invoices/1.pdf', Readable.from([bytes]));
    const told = await run({ ...file, file: { name: 'invoices/1.pdf' } });
    expect(told).toMatchObject({ bytes: bytes.length, sha256 });
    expect(uploads().map(({ documentId }) => documentId)).toEqual([told.uploadDestinationId]);
  });

  it('says which store is missing, or that the file is', async () => {
    await expect(run({ ...file, file: { name: 'a', sealed: true } })).rejects.toThrow(/sealedContents/);
    await expect(run({ ...file, file: { name: 'not-there' } })).rejects.toMatchObject({
      code: 'DOCUMENT_NOT_FOUND',
    });
    expect(open.sandbox.counters().requests).toBe(0);
  });

  it.each([
    [{ ...file }, /file/],
    [{ ...file, file: { name: '../a' } }, /name/],
    [{ ...file, file: { name: 'a' }, contentType: 'x' }, /application\/pdf/],
    [{ ...file, file: { name: 'a' }, resource: 'x' }, /path of the operation/],
  ])('refuses the payload %j before it is queued', async (payload, said) => {
    await expect(run(payload)).rejects.toThrow(said);
  });
});
