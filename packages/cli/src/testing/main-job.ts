import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend } from '@fluxori/backend';
import type { Sandbox } from '@fluxori/sandbox';
import {
  describeWith,
  freshPlace,
  preparedDataFolder,
  type Service,
  services,
  serviceUrl,
} from '@fluxori/test-services';
import { describe } from '@jest/globals';
import type { CliConfig } from '../config/config.js';
import { sandboxAccount } from '../config/sandbox-account.js';
import type { WorkerMessage, WorkOrder } from '../demo/messages.js';
import { WorkerHandle } from '../demo/worker-handle.js';

/** The worker runs from what `pnpm test` has compiled: a process that is killed cannot be Jest's. */
const compiledWorker = new URL('../../dist/demo/worker-process.js', import.meta.url);

export const testAccount = 'acme-za';

/** Where the state of the main job can live and outlive a process. */
export type DurableBackend = 'pglite' | Service;

/** A temporary folder, and an empty backend, that go away with `await using`. */
export interface Home extends AsyncDisposable {
  readonly path: string;
  readonly backendUrl: string;
}

export async function temporaryHome(backend: DurableBackend = 'pglite'): Promise<Home> {
  const home = await emptyHome(backend);
  if (backend === 'pglite') await fillData(home);
  return home;
}

/** For suites of many commands: on Redis where there is one. Each command opens its store, and the embedded one takes ten times the processor for it. */
export function homeForMany(): Promise<Home> {
  return temporaryHome(serviceUrl('redis') === undefined ? 'pglite' : 'redis');
}

/** As if the embedded backend had been opened there once and closed. */
export async function fillData(home: Pick<Home, 'path'>): Promise<void> {
  await preparedDataFolder(dataIn(home.path), openBackend);
}

/** The same, where nobody has opened the embedded backend yet. */
export async function emptyHome(backend: DurableBackend = 'pglite'): Promise<Home> {
  const path = await mkdtemp(join(tmpdir(), 'fluxori-main-job-'));
  const place = backend === 'pglite' ? undefined : await freshPlace(backend);
  return {
    path,
    backendUrl: place?.url ?? `pglite:${dataIn(path)}`,
    async [Symbol.asyncDispose]() {
      await place?.remove();
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Where the program keeps its data when nothing else is said. */
function dataIn(home: string): string {
  return join(home, '.fluxori', 'data');
}

/** The same suite on the embedded backend and on every shared one. */
export function describeOnEachBackend(name: string, body: (backend: DurableBackend) => void): void {
  describe(`${name} on pglite`, () => body('pglite'));
  for (const service of services) describeWith(service, `${name} on ${service}`, () => body(service));
}

/** The account that the sandbox's first seller has here. */
export function accountsOf(sandbox: Pick<Sandbox, 'credentials' | 'endpoints'>): CliConfig['accounts'] {
  return { [testAccount]: sandboxAccount(sandbox) };
}

/** Starts a worker process there, for the order import and the inventory sync. */
export function startWorker(
  sandbox: Sandbox,
  home: Home,
  onMessage: (message: WorkerMessage, worker: WorkerHandle) => void = () => {},
): WorkerHandle {
  const order: WorkOrder = {
    backendUrl: home.backendUrl,
    home: home.path,
    accountId: testAccount,
    accounts: accountsOf(sandbox),
    logLevel: 'silent',
  };
  const worker: WorkerHandle = new WorkerHandle(
    order,
    (message) => onMessage(message, worker),
    new AbortController().signal,
    compiledWorker,
  );
  return worker;
}
