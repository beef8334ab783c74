import {
  GetQueueAttributesCommand,
  type Message,
  SQSClient,
  type SQSClientConfig,
} from '@aws-sdk/client-sqs';
import {
  type Clock,
  type FluxoriError,
  type Health,
  isErrorOf,
  type Logger,
  noMetrics,
  type Random,
  silentLogger,
  sleep,
  systemClock,
  systemRandom,
} from '@fluxori/core';
import { Consumer } from 'sqs-consumer';
import { amazonMetrics } from '../metric-names.js';
import type { DeadNotifications } from './dead-notifications.js';
import { NotificationDesk } from './notification-desk.js';
import type {
  IncomingMessage,
  NotificationDeskOptions,
  NotificationOutcome,
} from './notification-desk-options.js';
import { checkQueueUrl, placeOfQueue } from './queue-address.js';
import { sqsTrouble } from './sqs-trouble.js';

export interface NotificationListenerOptions extends NotificationDeskOptions {
  /** As AWS shows it, e.g. `https://sqs.eu-west-1.amazonaws.com/123456789012/sp-api-notifications`. */
  readonly queueUrl: string;
  /** For AWS's client: credentials, region, endpoint. By default as AWS's tools find them, and the region that the URL names. */
  readonly sqs?: SQSClientConfig;
  /** How long SQS holds a question open when there is nothing, in seconds; 20 (its most) by default. */
  readonly longPollSeconds?: number;
  /** How long a message that is worked on is hidden from others, in seconds; 60 by default. It is prolonged while the work goes on. */
  readonly hiddenSeconds?: number;
  readonly random?: Random;
}

/** The queue as SQS tells of it; its numbers are about right. */
export interface QueueView {
  readonly waiting: number;
  readonly beingHandled: number;
  /** Where SQS puts messages that came too often, if it was told to. */
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

/** The most messages of one question. Source: SQS API reference, ReceiveMessage. */
const batchSize = 10;
const operations = {
  receive: 'sqs.ReceiveMessage',
  prolong: 'sqs.ChangeMessageVisibilityBatch',
  delete: 'sqs.DeleteMessageBatch',
} as const;
const firstBackoffMs = 500;
const longestBackoffMs = 30_000;

/**
 * Fetches notifications from SQS and has them worked on; each is deleted only when its effect is durable. While SQS or the store is away it
 * tries again, slower and slower, and takes no message that it could not keep. It never ends by itself.
 */
export class NotificationListener implements AsyncDisposable {
  readonly #options: NotificationListenerOptions;
  readonly #desk: NotificationDesk;
  readonly #client: SQSClient;
  readonly #consumer: Consumer;
  readonly #logger: Logger;
  readonly #clock: Clock;
  /** Ends waits and questions at once. */
  readonly #stop = new AbortController();
  /** Ends the work on messages. */
  readonly #cut = new AbortController();
  #trouble: { readonly error: FluxoriError; readonly since: number; readonly ofStore: boolean } | undefined;
  #failures = 0;
  #working: Promise<void> | undefined;
  #lastReceivedAt: number | undefined;
  #started = false;
  #closing: Promise<void> | undefined;

  /** @throws ValidationError when the URL is none of a standard queue. */
  constructor(options: NotificationListenerOptions) {
    const { sqs, longPollSeconds = 20, hiddenSeconds = 60 } = options;
    const queueUrl = checkQueueUrl(options.queueUrl);
    this.#options = options;
    this.#desk = new NotificationDesk(options);
    this.#logger = (options.logger ?? silentLogger).child({ queueUrl });
    this.#clock = options.clock ?? systemClock;
    this.#client = new SQSClient({ ...placeOfQueue(queueUrl), ...sqs });
    this.#consumer = Consumer.create({
      queueUrl,
      ...{ sqs: this.#client, batchSize, strictReturn: true },
      ...{ waitTimeSeconds: longPollSeconds, visibilityTimeout: hiddenSeconds },
      // How long to wait after which failure is decided in one place, here.
      authenticationErrorTimeout: 0,
      heartbeatInterval: hiddenSeconds / 3,
      messageSystemAttributeNames: ['ApproximateReceiveCount'],
      preReceiveMessageCallback: () => this.#untilItIsWorthAsking(),
      postReceiveMessageCallback: async () => this.#received(),
      handleMessageBatch: (messages) => this.#work(messages),
    });
    this.#consumer.on('error', (error, about) =>
      this.#failed(error, about === undefined ? 'receive' : 'messages'),
    );
    this.#consumer.on('processing_error', (error) => this.#failed(error, 'receive'));
  }

  get queueUrl(): string {
    return this.#options.queueUrl;
  }

  /** Messages for which nothing could be done. */
  get dead(): DeadNotifications {
    return this.#desk.dead;
  }

  /** Tries a message once more that was put aside. @throws NotFoundError; NetworkError when the store is away */
  retry(id: string, options: { signal?: AbortSignal } = {}): Promise<NotificationOutcome> {
    return this.#desk.retry(id, options);
  }

  /** Begins to listen. Idempotent. An SQS that is away, or a queue that is not there, is told by `health()` and tried again. */
  start(): void {
    if (this.#started || this.#closing !== undefined) return;
    this.#started = true;
    this.#consumer.start();
  }

  /**
   * Asks SQS for the queue, once: for those who want to know at once that something is wrong.
   * @throws ConfigurationError (no such queue), AuthenticationError, RemoteError, NetworkError
   */
  async look({ signal }: { signal?: AbortSignal } = {}): Promise<QueueView> {
    try {
      const { Attributes: told = {} } = await this.#client.send(
        new GetQueueAttributesCommand({ QueueUrl: this.queueUrl, AttributeNames: ['All'] }),
        signal && { abortSignal: signal },
      );
      const { RedrivePolicy } = told;
      return {
        waiting: Number(told.ApproximateNumberOfMessages ?? 0),
        beingHandled: Number(told.ApproximateNumberOfMessagesNotVisible ?? 0),
        ...(RedrivePolicy && { redrive: redriveOf(RedrivePolicy) }),
      };
    } catch (error) {
      signal?.throwIfAborted();
      throw sqsTrouble(error, this.queueUrl, 'sqs.GetQueueAttributes');
    }
  }

  /** `degraded` while the queue cannot be read: what notifications tell is found by polling, later. */
  health(): Health {
    const received = this.#lastReceivedAt;
    const details = {
      queueUrl: this.queueUrl,
      ...(received !== undefined && { lastAnswerAt: new Date(received).toISOString() }),
    };
    if (this.#trouble === undefined)
      return this.#started && this.#closing === undefined
        ? { status: 'up', details }
        : { status: 'degraded', details: { ...details, error: 'nobody listens' } };
    const { error, since } = this.#trouble;
    return {
      status: 'degraded',
      details: {
        ...details,
        since: new Date(since).toISOString(),
        ...{ error: error.message, ...(error.remedy && { remedy: error.remedy }) },
      },
    };
  }

  /** Fetches no more, and lets what it has in hand be finished; after `graceMs` that is cut off and comes again. Idempotent. */
  close({ graceMs = 10_000 }: { graceMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(graceMs: number): Promise<void> {
    this.#stop.abort(new DOMException('The listener was closed.', 'AbortError'));
    if (this.#working === undefined) this.#consumer.stop({ abort: true });
    else {
      // What is in hand is still to be deleted when it is done.
      this.#consumer.stop();
      const over = new AbortController();
      await Promise.race([this.#working, sleep(graceMs, over.signal).catch(() => {})]);
      over.abort();
      this.#cut.abort(new DOMException('The listener was closed.', 'AbortError'));
    }
    this.#client.destroy();
  }

  async #work(messages: readonly Message[]): Promise<Message[]> {
    const handled = await this.#desk.handle(messages.map(incoming), { signal: this.#cut.signal });
    const postponed = handled.find(({ outcome }) => outcome === 'postponed');
    if (isErrorOf(postponed?.error, 'NetworkError')) this.#troubled(postponed.error, true);
    return messages.filter((_, index) => handled[index]?.outcome !== 'postponed');
  }

  /** From here until the next question, or until all is done, messages are in hand. */
  #received(): void {
    this.#lastReceivedAt = this.#clock.now();
    if (this.#trouble?.ofStore === false) this.#well();
    this.#working = new Promise((resolve) => {
      const done = () => {
        this.#working = undefined;
        for (const name of ['response_processed', 'empty'] as const) this.#consumer.off(name, done);
        resolve();
      };
      for (const name of ['response_processed', 'empty'] as const) this.#consumer.on(name, done);
    });
  }

  /** SQS is asked once a backoff, and nothing is taken from it while the store that must keep it is away. */
  async #untilItIsWorthAsking(): Promise<void> {
    while (this.#trouble !== undefined) {
      const { random = systemRandom } = this.#options;
      const longest = Math.min(firstBackoffMs * 2 ** this.#failures, longestBackoffMs);
      await sleep(longest * (0.5 + random() / 2), this.#stop.signal);
      if (!this.#trouble.ofStore) return;
      try {
        await this.#options.keyValues.get('notifications/probe');
        this.#well();
      } catch (error) {
        if (isErrorOf(error, 'NetworkError')) this.#troubled(error, true);
        else this.#well();
      }
    }
  }

  #failed(thrown: Error, about: 'receive' | 'messages'): void {
    if (this.#stop.signal.aborted) return;
    const step = about === 'receive' ? about : /visibility/i.test(thrown.message) ? 'prolong' : 'delete';
    const { metrics = noMetrics } = this.#options;
    metrics.count(amazonMetrics.notificationTroubles.name, { step });
    const error = sqsTrouble(thrown, this.queueUrl, operations[step]);
    if (step === 'receive') this.#troubled(error, false);
    // It comes again, and is known by then.
    else this.#logger.warn({ error: error.message, step }, 'a message in hand comes again');
  }

  #troubled(error: FluxoriError, ofStore: boolean): void {
    const known = this.#trouble;
    this.#failures = known === undefined ? 0 : this.#failures + 1;
    this.#trouble = { error, ofStore, since: known?.since ?? this.#clock.now() };
    const fields = { error: error.message, remedy: error.remedy, code: error.code };
    if (known?.error.code !== error.code)
      this.#logger.warn(fields, 'notifications cannot be fetched; tried again');
    else this.#logger.debug(fields, 'notifications still cannot be fetched');
  }

  #well(): void {
    if (this.#trouble === undefined) return;
    const awayMs = this.#clock.now() - this.#trouble.since;
    this.#trouble = undefined;
    this.#failures = 0;
    this.#logger.info({ awayMs }, 'notifications are fetched again');
  }
}

function incoming({ MessageId = '', Body = '', Attributes }: Message): IncomingMessage {
  return { messageId: MessageId, body: Body, receives: Number(Attributes?.ApproximateReceiveCount ?? 1) };
}

function redriveOf(policy: string): QueueView['redrive'] {
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Record<string, unknown>;
  return { deadLetterTargetArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
}
