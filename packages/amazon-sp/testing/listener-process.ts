import { type AmazonSpConfigInput, amazonJobs, amazonSp, listenToNotifications } from '@fluxori/amazon-sp';
import { openBackend } from '@fluxori/backend';
import { ConnectorFactory, type KeyValueStore } from '@fluxori/core';
import { OperationQueues } from '@fluxori/queue';

/** What the process is started with, as JSON in its first argument. */
export interface ListenerTask {
  readonly backend: string;
  readonly config: AmazonSpConfigInput;
  readonly queueUrl: string;
  readonly hiddenSeconds: number;
  /** It dies when a job is in, before that is remembered; else it listens until it is killed. */
  readonly diesBeforeRemembering?: boolean;
}

/** A process of its own, run by Node from this file, that listens and does not work on jobs. */
async function main({
  backend: url,
  config,
  queueUrl,
  hiddenSeconds,
  diesBeforeRemembering,
}: ListenerTask): Promise<void> {
  const backend = await openBackend(url);
  const connector = new ConnectorFactory().register(amazonSp).create('amazon-sp', config, { backend });
  const queues = new OperationQueues({ backend, jobs: amazonJobs({ connector: async () => connector }) });
  const listener = await listenToNotifications({
    ...{ queueUrl, hiddenSeconds, queues, longPollSeconds: 1 },
    accounts: () => [connector.config],
    keyValues: diesBeforeRemembering ? mortal(backend.keyValues) : backend.keyValues,
    sqs: { credentials: { accessKeyId: 'any', secretAccessKey: 'any' } },
  });
  listener.start();
}

/** Dies when a notification is to be remembered. */
function mortal(keyValues: KeyValueStore): KeyValueStore {
  return new Proxy(keyValues, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const isRemembering =
          (name === 'setMany' || name === 'set') && JSON.stringify(args).includes('notifications/seen/');
        if (isRemembering) return die();
        return (value as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

/** By SIGKILL, which nothing in the process can notice. */
function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => {});
}

// Nobody is left to listen for.
process.once('disconnect', () => process.exit());
await main(JSON.parse(process.argv[2] ?? '') as ListenerTask);
