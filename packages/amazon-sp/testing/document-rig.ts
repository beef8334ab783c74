import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FluxoriBackend, openBackend, Sealer, sealKeysFrom } from '@fluxori/backend';
import { type Clock, ConnectorFactory } from '@fluxori/core';
import { type ContentStore, FolderContentStore, SealedContentStore } from '@fluxori/documents';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { freshPlace, preparedDataFolder } from '@fluxori/test-services';
import {
  type AmazonSPConnector,
  type AmazonSpConfigInput,
  type AmazonSpParts,
  amazonSp,
  type DocumentRef,
} from '../src/index.js';
import { noWaiting, sandboxConfig } from './connect-to-sandbox.js';
import type { DocumentNews, DocumentTask } from './document-process.js';
import { openPatiently } from './open-patiently.js';
import type { DurableBackend } from './workflow-rig.js';

/** A sandbox, a backend, and content stores in folders; connectors to all of them, here or in a process that dies. */
export interface DocumentRig extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly backend: FluxoriBackend;
  readonly contents: ContentStore;
  readonly sealedContents: ContentStore;
  connect(parts?: Partial<AmazonSpParts>, config?: Partial<AmazonSpConfigInput>): AmazonSPConnector;
  /** As another process of the same application would: with connections of its own, where the backend can be shared. */
  openBackendAgain(): Promise<FluxoriBackend>;
  /** Lets go of the backend, so that another process can have its folder. */
  releaseBackend(): Promise<void>;
  /** Makes the sandbox finish a report with this content. */
  report(reportType: string, content: string | Buffer, gzip?: boolean): Promise<DocumentRef>;
  /** Starts a process that keeps the document. */
  startKeeping(ref: DocumentRef, limitKiB?: number): KeepingProcess;
  /** All that lies on the disk, as it lies there. */
  onDisk(folder?: 'contents' | 'sealed'): Promise<readonly { path: string; bytes: Buffer }[]>;
}

export interface KeepingProcess {
  /** The next thing that it tells. */
  next(): Promise<DocumentNews>;
  kill(): Promise<void>;
}

export async function openDocumentRig(
  options: {
    backend?: DurableBackend | 'memory';
    clock?: Clock;
    sandbox?: Parameters<typeof startSandbox>[0];
  } = {},
): Promise<DocumentRig> {
  const { backend: kind = 'memory' } = options;
  const root = await mkdtemp(join(tmpdir(), 'fluxori-documents-'));
  const sandbox = await startSandbox({
    ...{ ...noWaiting.sandbox, settleMs: 0, orders: 3, skus: 3 },
    reports: { queueMs: 1, progressMs: 1 },
    ...options.sandbox,
  });
  const place = kind === 'redis' || kind === 'postgres' ? await freshPlace(kind) : undefined;
  const url = place?.url ?? (kind === 'memory' ? 'memory:' : `pglite:${join(root, 'data')}`);
  if (kind === 'pglite') await preparedDataFolder(join(root, 'data'), openBackend);
  const folders = { contents: join(root, 'contents'), sealed: join(root, 'sealed') };
  const contents = new FolderContentStore({ folder: folders.contents });
  const keys = sealKeysFrom(createHash('sha256').update('of the rig').digest('base64url'));
  const sealedContents = new SealedContentStore({
    store: new FolderContentStore({ folder: folders.sealed }),
    sealing: new Sealer(keys),
  });
  const backends = [await openPatiently(url)];
  const made: AmazonSPConnector[] = [];
  const children: ChildProcess[] = [];
  const config = { ...sandboxConfig(sandbox), ...noWaiting.connector };
  const ended = () => Promise.all(backends.splice(0).map((one) => one.close()));
  const rig: DocumentRig = {
    sandbox,
    get backend() {
      return backends[0] as FluxoriBackend;
    },
    contents,
    sealedContents,
    connect(parts = {}, more = {}) {
      const connector = new ConnectorFactory()
        .register(amazonSp)
        .create('amazon-sp', { ...config, ...more } as AmazonSpConfigInput, {
          ...{ backend: backends[0] as FluxoriBackend, contents, sealedContents },
          ...(options.clock && { clock: options.clock }),
          ...parts,
        });
      made.push(connector);
      return connector;
    },
    async openBackendAgain() {
      if (kind === 'memory' || kind === 'pglite') {
        if (backends[0] === undefined) backends.push(await openPatiently(url));
        return backends[0] as FluxoriBackend;
      }
      const another = await openPatiently(url);
      backends.push(another);
      return another;
    },
    async releaseBackend() {
      await Promise.all(made.splice(0).map((one) => one.close()));
      await ended();
    },
    async report(reportType, content, gzip = true) {
      await sandbox.setReport(reportType, { content, compression: gzip ? 'GZIP' : 'none' });
      const connector = rig.connect();
      const { reportId } = await connector
        .api('reports')
        .createReport({ body: { reportType, marketplaceIds: [...connector.config.marketplaceIds] } });
      sandbox.finishWork(reportId);
      const { reportDocumentId } = await connector.api('reports').getReport({ reportId });
      return { kind: 'report', documentId: reportDocumentId as string, reportType };
    },
    startKeeping(ref, limitKiB) {
      const task: DocumentTask = { backend: url, config, contents: folders.contents, ref };
      const file = fileURLToPath(new URL('document-process.ts', import.meta.url));
      // What is compiled is not kept where only small files may be written.
      const env = { ...process.env, ...(limitKiB !== undefined && { NODE_DISABLE_COMPILE_CACHE: '1' }) };
      const limit = limitKiB === undefined ? '' : `ulimit -f ${limitKiB}; `;
      const child = spawn(
        'bash',
        ['-c', `${limit}exec "$0" "$@"`, process.execPath, '--no-warnings', file, JSON.stringify(task)],
        { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
      );
      children.push(child);
      const news: DocumentNews[] = [];
      child.on('message', (one: DocumentNews) => news.push(one));
      return {
        async next() {
          while (news.length === 0) {
            await Promise.race([once(child, 'message'), once(child, 'exit')]);
            if (news.length === 0 && child.exitCode !== null)
              throw new Error(`The process ended with ${child.exitCode}.`);
          }
          return news.shift() as DocumentNews;
        },
        async kill() {
          const exit = once(child, 'exit');
          child.kill('SIGKILL');
          await exit;
        },
      };
    },
    async onDisk(folder = 'contents') {
      const entries = await readdir(folders[folder], { recursive: true, withFileTypes: true }).catch(
        () => [],
      );
      return Promise.all(
        entries
          .filter((entry) => entry.isFile())
          .map(async ({ parentPath, name }) => {
            const path = join(parentPath, name);
            return { path, bytes: await readFile(path) };
          }),
      );
    },
    async [Symbol.asyncDispose]() {
      for (const child of children)
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await Promise.all(made.map((one) => one.close()));
      await ended();
      await place?.remove();
      await sandbox.close();
      await rm(root, { recursive: true, force: true });
    },
  };
  return rig;
}
