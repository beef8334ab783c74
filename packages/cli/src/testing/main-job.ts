import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '@fluxori/sandbox';
import type { CliConfig } from '../config/config.js';
import { sandboxAccount } from '../config/sandbox-account.js';
import type { WorkerMessage, WorkOrder } from '../demo/messages.js';
import { WorkerHandle } from '../demo/worker-handle.js';

/** The worker runs from what `pnpm test` has compiled: a process that is killed cannot be Jest's. */
const compiledWorker = new URL('../../dist/demo/worker-process.js', import.meta.url);

export const testAccount = 'acme-za';

/** A temporary folder that goes away with `await using`. */
export async function temporaryHome(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'fluxori-main-job-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The account that the sandbox's first seller has here. */
export function accountsOf(sandbox: Pick<Sandbox, 'credentials' | 'endpoints'>): CliConfig['accounts'] {
  return { [testAccount]: sandboxAccount(sandbox) };
}

/** Starts a worker process on the folder, for the order import and the inventory sync. */
export function startWorker(
  sandbox: Sandbox,
  home: string,
  onMessage: (message: WorkerMessage, worker: WorkerHandle) => void = () => {},
): WorkerHandle {
  const order: WorkOrder = {
    backendUrl: `pglite:${join(home, 'data')}`,
    home,
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
