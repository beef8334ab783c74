import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FluxoriBackend, openBackend } from '@fluxori/backend';
import { OperationQueues } from '@fluxori/queue';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { freshPlace, preparedDataFolder } from '@fluxori/test-services';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { noWaiting, sandboxConfig } from '../../testing/connect-to-sandbox.js';
import type { ListenerTask } from '../../testing/listener-process.js';
import { anyone, CountingMetrics } from '../../testing/notification-rig.js';
import { until } from '../../testing/until.js';
import { describeOnDurableBackends } from '../../testing/workflow-rig.js';
import { amazonJobs, amazonSp, listenToNotifications } from '../index.js';

const file = fileURLToPath(new URL('../../testing/listener-process.ts', import.meta.url));

describeOnDurableBackends('a listener that is killed when its job is in', (kind) => {
  let sandbox: Sandbox;
  let queueUrl: string;
  let folder: string;
  let place: { url: string; remove(): Promise<void> };
  let child: ChildProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fluxori-listener-'));
    if (kind === 'pglite') await preparedDataFolder(join(folder, 'data'), openBackend);
    place =
      kind === 'pglite'
        ? { url: `pglite:${join(folder, 'data')}`, remove: async () => {} }
        : await freshPlace(kind);
    sandbox = await startSandbox({ ...noWaiting.sandbox, orders: 3, skus: 2, settleMs: 0 });
    const queue = sandbox.createQueue('sp-api');
    queueUrl = queue.url;
    await using backend = await openBackend('memory:');
    await using connector = connectorOf(backend);
    await connector.notifications.setup({ queueArn: queue.arn, types: ['ORDER_CHANGE'] });
  });
  afterEach(async () => {
    if (child?.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await sandbox.close();
    await place.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const config = () => ({ ...sandboxConfig(sandbox), ...noWaiting.connector });
  const connectorOf = (backend: FluxoriBackend) =>
    amazonSp.create(amazonSp.configSchema.parse(config()), { backend });

  /** @returns when the process is dead. */
  async function life(options: Partial<ListenerTask>, isOver?: () => boolean): Promise<void> {
    const task: ListenerTask = {
      backend: place.url,
      config: config(),
      queueUrl,
      hiddenSeconds: 1,
      ...options,
    };
    child = fork(file, [JSON.stringify(task)], { execArgv: ['--no-warnings'] });
    const exit = once(child, 'exit');
    if (isOver !== undefined) {
      await until(isOver);
      child.kill('SIGKILL');
    }
    expect(await exit).toEqual([null, 'SIGKILL']);
  }

  it.each(['before it is remembered', 'before the message is deleted'])('%s leaves one job', async (when) => {
    const [orderId = ''] = sandbox.orderIds();
    sandbox.updateOrder(orderId, { status: 'SHIPPED' });
    if (when === 'before it is remembered') await life({ diesBeforeRemembering: true });
    else {
      await sandbox.faults.set({ kind: 'drop', when: 'before', operation: 'sqs.DeleteMessageBatch' });
      await life({}, () => sandbox.faults.list().some(({ hits }) => hits > 0));
      await sandbox.faults.clear();
    }

    await using backend = await openBackend(place.url);
    await using connector = connectorOf(backend);
    const jobs = amazonJobs({ connector: async () => connector });
    await using queues = new OperationQueues({ backend, jobs });
    const [job, ...others] = await queues.list();
    expect([job, others]).toMatchObject([{ name: 'orders.import', state: 'waiting' }, []]);
    const metrics = new CountingMetrics();
    await using listener = await listenToNotifications({
      ...{ queueUrl, queues, metrics, sqs: anyone, longPollSeconds: 1, keyValues: backend.keyValues },
      accounts: () => [connector.config],
    });
    listener.start();
    await until(async () => {
      const { waiting, beingHandled } = await listener.look();
      return waiting + beingHandled === 0;
    });
    // It came again, and was known: by its job, or by what is remembered.
    const outcome = when === 'before it is remembered' ? 'done' : 'duplicate';
    expect([...metrics.counts]).toEqual([[`notifications ORDER_CHANGE ${outcome}`, 1]]);
    await queues.start();
    await queues.waitFor(job?.jobId as string);
    expect(await queues.list()).toMatchObject([{ state: 'completed' }]);
    expect(sandbox.counters().operations['orders.getOrder']?.requests).toBe(1);
  });
});
