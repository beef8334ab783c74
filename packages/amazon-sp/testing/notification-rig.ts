import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { accountId, type Metrics } from '@fluxori/core';
import { OperationQueues } from '@fluxori/queue';
import type { SandboxOptions, SandboxQueue } from '@fluxori/sandbox';
import {
  type AmazonSPConnector,
  amazonJobs,
  type ListenOptions,
  listenToNotifications,
  type NotificationListener,
  notificationTypes,
} from '../src/index.js';
import { connectToSandbox, noWaiting, type Sandboxed, type TestBackend } from './connect-to-sandbox.js';
import { hastyTimings } from './hasty-timings.js';
import { until } from './until.js';

export const account = accountId('acme-za');

/** The twelve digits of an AWS account whose EventBridge has a rule into the queue. */
export const eventBridge = { accountId: '210987654321', region: 'eu-west-1' };

/** Credentials for an SQS that looks at none. */
export const anyone = { credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };

/** Counts what is told, as `name type outcome`. */
export class CountingMetrics implements Metrics {
  readonly counts = new Map<string, number>();

  count(name: string, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const key = [name.replace(/^fluxori_|_total$/g, ''), ...Object.values(labels)].join(' ');
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }

  gauge(): void {}
  duration(): void {}
}

/** A sandbox with a queue to which it tells everything, workers, and as many listeners as a test wants. */
export class NotificationRig implements AsyncDisposable {
  readonly metrics = new CountingMetrics();
  readonly client: SQSClient;
  readonly #listeners: NotificationListener[] = [];

  private constructor(
    readonly sandboxed: Sandboxed,
    readonly queue: SandboxQueue,
    readonly queues: OperationQueues,
  ) {
    this.client = new SQSClient({
      ...anyone,
      region: 'us-east-1',
      endpoint: sandboxed.sandbox.endpoints.sqs,
    });
  }

  /** Not yet listening, and nobody works. */
  static async open(backend: TestBackend = 'memory', sandbox: SandboxOptions = {}): Promise<NotificationRig> {
    const work = { queueMs: 3_600_000, progressMs: 1 };
    const sandboxed = await connectToSandbox({
      backend,
      config: noWaiting.connector,
      sandbox: { ...noWaiting.sandbox, orders: 10, skus: 6, settleMs: 0, reports: work, ...sandbox },
    });
    const queue = sandboxed.sandbox.createQueue('sp-api');
    sandboxed.sandbox.routeEvents({ accountId: eventBridge.accountId, queueArn: queue.arn });
    const types = Object.keys(notificationTypes).filter((type) => type !== 'BRANDED_ITEM_CONTENT_CHANGE');
    await sandboxed.connector.notifications.setup({ queueArn: queue.arn, eventBridge, types });
    const queues = new OperationQueues({
      jobs: amazonJobs({
        connector: async () => sandboxed.connector,
        timings: { ...hastyTimings, firstPollMs: 3_600_000, longestPollMs: 3_600_000 },
      }),
      backend: sandboxed.backend,
    });
    return new NotificationRig(sandboxed, queue, queues);
  }

  get sandbox() {
    return this.sandboxed.sandbox;
  }

  get connector(): AmazonSPConnector {
    return this.sandboxed.connector;
  }

  /** A listener that was not started. */
  async listener(options: Partial<ListenOptions> = {}): Promise<NotificationListener> {
    const { queues, metrics } = this;
    const listener = await listenToNotifications({
      ...{ queueUrl: this.queue.url, queues, metrics, sqs: anyone, longPollSeconds: 1 },
      keyValues: this.sandboxed.backend.keyValues,
      accounts: () => [this.connector.config],
      ...options,
    });
    this.#listeners.push(listener);
    return listener;
  }

  async listen(options: Partial<ListenOptions> = {}): Promise<NotificationListener> {
    const listener = await this.listener(options);
    listener.start();
    return listener;
  }

  async send(document: unknown): Promise<void> {
    const MessageBody = typeof document === 'string' ? document : JSON.stringify(document);
    await this.client.send(new SendMessageCommand({ QueueUrl: this.queue.url, MessageBody }));
  }

  /** What is in the queue, without taking it away; hidden messages are not seen. */
  async bodies(): Promise<readonly string[]> {
    const { Messages = [] } = await this.client.send(
      new ReceiveMessageCommand({ QueueUrl: this.queue.url, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    return Messages.map(({ Body = '' }) => Body);
  }

  /** Takes all messages away. @returns their bodies. */
  async take(): Promise<readonly string[]> {
    const QueueUrl = this.queue.url;
    const { Messages = [] } = await this.client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return [];
    const Entries = Messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }));
    await this.client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    return [...Messages.map(({ Body = '' }) => Body), ...(await this.take())];
  }

  /** Waits until the queue is empty and nothing of it is worked on. */
  async drained(listener: NotificationListener): Promise<void> {
    await until(async () => {
      const { waiting, beingHandled } = await listener.look();
      return waiting + beingHandled === 0;
    }, 'an empty queue');
  }

  outcomes(type: string, outcome: string): number {
    return this.metrics.counts.get(`notifications ${type} ${outcome}`) ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#listeners.map((one) => one.close({ graceMs: 0 })));
    await this.queues.close({ graceMs: 0 });
    this.client.destroy();
    await this.sandboxed[Symbol.asyncDispose]();
  }
}
