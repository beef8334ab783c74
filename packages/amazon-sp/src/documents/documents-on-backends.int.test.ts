import { createHash, randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type DocumentRig, openDocumentRig } from '../../testing/document-rig.js';
import { day, listings, table } from '../../testing/document-suite.js';
import {
  type DurableBackend,
  describeOnDurableBackends,
  durableBackends,
} from '../../testing/workflow-rig.js';
import type { DocumentRef } from './document-ref.js';
import type { OpenDocument } from './open-document.js';

/** What became of a document whose process was killed while it copied it. */
interface Crash {
  readonly before: readonly { path: string }[];
  readonly whole: boolean;
  /** Downloads from the first byte on, that of the killed process among them. */
  readonly begun: number;
  /** Downloads that reading it once more took. */
  readonly again: number;
  readonly after: readonly { path: string }[];
}

// Large enough that it takes a second at the speed that the sandbox is given; not to be compressed.
const large = randomBytes(3 * 2 ** 20);

/**
 * A dead holder's lock keeps the others waiting for ten seconds: the servers do so at the same time. Opening the embedded one holds this process up,
 * for longer than a server that is being connected to may keep silent, if the machine is busy; so it comes first.
 */
const crashes = new Map<DurableBackend, Promise<Crash>>();
beforeAll(() => {
  let embedded: Promise<unknown> = Promise.resolve();
  for (const backend of durableBackends) {
    const crash = backend === 'pglite' ? crashOn(backend) : embedded.then(() => crashOn(backend));
    // Told by the test that waits for it.
    const settled = crash.catch(() => undefined);
    if (backend === 'pglite') embedded = settled;
    crashes.set(backend, crash);
  }
});
afterAll(async () => {
  await Promise.allSettled(crashes.values());
});

async function crashOn(backend: DurableBackend): Promise<Crash> {
  await using rig = await openDocumentRig({ backend });
  const ref = await rig.report(listings, large, false);
  await rig.releaseBackend();
  await rig.sandbox.faults.set({ kind: 'bandwidth', operation: 'documents.get', bytesPerSecond: 2 ** 20 });
  const child = rig.startKeeping(ref);
  for (let copied = 0; copied < 2 ** 20; ) {
    const news = await child.next();
    if (!('copied' in news)) throw new Error(`It ended before it was killed: ${JSON.stringify(news)}`);
    copied = news.copied;
  }
  await child.kill();
  const before = await rig.onDisk();
  await rig.sandbox.faults.clear();
  await rig.openBackendAgain();
  const { documents } = rig.connect();
  const first = await digestOf(await documents.openDocument(ref, { keep: true }));
  const { downloads } = rig.sandbox.counters().documents;
  const second = await digestOf(await documents.openDocument(ref));
  const digest = createHash('sha256').update(large).digest('hex');
  return {
    before,
    whole: first === digest && second === digest,
    begun: downloads.filter(({ from }) => from === 0).length,
    again: rig.sandbox.counters().documents.downloads.length - downloads.length,
    after: await rig.onDisk(),
  };
}

async function digestOf({ bytes }: OpenDocument): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of bytes) hash.update(piece as Buffer);
  return hash.digest('hex');
}

describeOnDurableBackends('documents', (backend) => {
  let rig: DocumentRig;
  let ref: DocumentRef;
  beforeAll(async () => {
    rig = await openDocumentRig({ backend });
  });
  afterAll(async () => {
    await rig[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    ref = await rig.report(listings, table);
    rig.sandbox.resetCounters();
  });

  it('are copied once by all processes together, and read by each', async () => {
    const others = [
      rig.connect(),
      rig.connect({ backend: await rig.openBackendAgain() }),
      rig.connect({ backend: await rig.openBackendAgain() }),
    ];
    const opened = await Promise.all(
      others.flatMap(({ documents }) => [1, 2].map(() => documents.openDocument(ref, { keep: true }))),
    );
    for (const { bytes, from } of opened) expect([from, await text(bytes)]).toEqual(['kept copy', table]);
    const { operations, documents } = rig.sandbox.counters();
    expect(operations['reports.getReportDocument']?.served).toBe(1);
    expect(documents.downloads).toHaveLength(1);
  });

  it('made and sent by one process are known to the others, until one of them deletes or sweeps them', async () => {
    const { documents } = rig.connect();
    const other = rig.connect({ backend: await rig.openBackendAgain() }).documents;
    const made = await documents.createDocument('text/plain; charset=UTF-8');
    await other.uploadDocumentContent(made, table, { keep: true });
    expect(await documents.metadata(made)).toMatchObject({
      ...{ documentId: made, uploaded: { bytes: table.length }, kept: { store: 'contents' } },
    });
    await text((await documents.openDocument(ref, { keep: true })).bytes);
    const listed = (await Array.fromAsync(other.list({ kept: true }))).map(({ documentId }) => documentId);
    expect(listed).toEqual(expect.arrayContaining([made, ref.documentId]));
    await other.deleteDocument(made);
    expect(await documents.metadata(made)).toBeUndefined();
    const swept = await documents.sweep(new Date(Date.now() + 31 * day));
    expect(swept.documents).toBe(listed.length - 1);
    expect(await Array.fromAsync(other.list())).toEqual([]);
    expect(await rig.onDisk()).toEqual([]);
  });

  it('of a process that was killed while it copied one leave no half copy that is ever read', async () => {
    const { before, whole, begun, again, after } = (await crashes.get(backend)) as Crash;
    // What it had written lay there, under no name that is read, and is gone with the next write.
    expect(before.map(({ path }) => path.includes('@writing'))).toEqual([true]);
    expect(after.map(({ path }) => path.endsWith('@content'))).toEqual([true]);
    expect([whole, again]).toEqual([true, 0]);
    // One more for each line that broke on the way: one on which nothing came for 15 s, since a store was opened here so long, is given up.
    expect(begun).toBeGreaterThanOrEqual(2);
  });
});
