import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { startSandbox } from '@fluxori/sandbox';
import { afterEach, describe, expect, it } from '@jest/globals';
import { accountsOf, temporaryHome, testAccount } from '../testing/main-job.js';
import type { WorkerMessage, WorkOrder } from './messages.js';

let child: ChildProcess | undefined;
// An orphan that does not end would outlive the tests.
afterEach(() => void child?.kill('SIGKILL'));

describe("the demo's worker", () => {
  it('ends when its parent is gone, and leaves the folder to the next', async () => {
    await using home = await temporaryHome();
    // More than the limit of `searchOrders` lets through in a quarter of an hour: it does not end because it is done.
    await using sandbox = await startSandbox({
      orders: 2_500,
      skus: 200,
      faults: [{ kind: 'latency', ms: 100 }],
    });
    const order: WorkOrder = {
      backendUrl: home.backendUrl,
      home: home.path,
      accountId: testAccount,
      accounts: accountsOf(sandbox),
      logLevel: 'silent',
    };
    const worker = fork(new URL('../../dist/demo/worker-process.js', import.meta.url));
    child = worker;
    const exited = once(worker, 'exit');
    worker.on('message', (message: WorkerMessage) => {
      // What the worker sees when its parent is killed: the channel closes.
      if (message.type === 'queued' && worker.connected) worker.disconnect();
    });
    worker.send(order);

    expect(await exited).toEqual([0, null]);
    expect(sandbox.counters().requests).toBeLessThan(20);
  });
});
