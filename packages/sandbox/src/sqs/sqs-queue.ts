import { randomUUID } from 'node:crypto';
import type { MessageAttributes } from './message-md5.js';
import { QueueAttributes } from './queue-attributes.js';
import { SqsRefusal } from './sqs-refusal.js';

/** How badly a queue behaves within what SQS promises: at least once, in no order. */
export interface Disorder {
  /** The chance, from 0 to 1, that a message is kept twice, and so delivered twice. */
  readonly duplicates: number;
  /** Messages are taken in any order instead of roughly that in which they came. */
  readonly shuffle: boolean;
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number;
}

export interface NewMessage {
  readonly body: string;
  readonly attributes?: MessageAttributes | undefined;
  readonly delaySeconds?: number | undefined;
}

/** A message as it was handed out. */
export interface Received {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sentAtMs: number;
  readonly firstReceivedAtMs: number;
  readonly receiveCount: number;
}

interface Kept {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sentAtMs: number;
  firstReceivedAtMs: number | undefined;
  visibleAtMs: number;
  receiveCount: number;
  /** The handle of the last delivery; only it deletes. */
  handle: string | undefined;
}

interface Parts {
  readonly name: string;
  readonly arn: string;
  readonly now: () => number;
  readonly disorder: Disorder;
  /** Where messages go that were received too often. */
  readonly deadLetters: (arn: string) => SqsQueue | undefined;
}

/** One standard queue. */
export class SqsQueue {
  readonly name: string;
  readonly arn: string;
  readonly attributes = new QueueAttributes();
  readonly createdAtMs: number;
  readonly #parts: Parts;
  readonly #kept = new Set<Kept>();
  readonly #byHandle = new Map<string, Kept>();
  readonly #waiting = new Set<() => void>();
  changedAtMs: number;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.name = parts.name;
    this.arn = parts.arn;
    this.createdAtMs = parts.now();
    this.changedAtMs = this.createdAtMs;
  }

  /** @returns the message's id. @throws SqsRefusal */
  send({ body, attributes = {}, delaySeconds }: NewMessage): string {
    const most = this.attributes.number('MaximumMessageSize');
    if (body === '')
      throw new SqsRefusal('MissingParameter', 'The request must contain the parameter MessageBody.');
    if (Buffer.byteLength(body) > most)
      throw new SqsRefusal(
        'InvalidParameterValue',
        `One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`,
      );
    const messageId = randomUUID();
    const delayMs = (delaySeconds ?? this.attributes.number('DelaySeconds')) * 1_000;
    const copies = this.#parts.disorder.random() < this.#parts.disorder.duplicates ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      this.#kept.add({
        ...{ messageId, body, attributes, sentAtMs: this.#parts.now() },
        visibleAtMs: this.#parts.now() + delayMs,
        ...{ firstReceivedAtMs: undefined, receiveCount: 0, handle: undefined },
      });
    }
    this.#ring();
    return messageId;
  }

  /** Up to `most` messages that are visible now; they are hidden for `visibilityMs`. */
  take(most: number, visibilityMs: number): readonly Received[] {
    const now = this.#parts.now();
    this.#expire(now);
    const { shuffle, random } = this.#parts.disorder;
    const visible = [...this.#kept].filter(({ visibleAtMs }) => visibleAtMs <= now);
    if (shuffle) visible.sort(() => random() - 0.5);
    const taken: Received[] = [];
    for (const message of visible) {
      if (taken.length >= most) break;
      if (this.#isSpent(message)) continue;
      // Two copies of one message never come in one answer.
      if (taken.some(({ messageId }) => messageId === message.messageId)) continue;
      taken.push(this.#hand(message, now, visibilityMs));
    }
    return taken;
  }

  /** @throws SqsRefusal for a handle that is none. */
  delete(handle: string): void {
    const message = this.#byHandle.get(checkedHandle(handle));
    if (message === undefined || message.handle !== handle) return;
    this.#forget(message);
  }

  /** @throws SqsRefusal for a handle that is none, or a message that is not hidden. */
  changeVisibility(handle: string, visibilityMs: number): void {
    const message = this.#byHandle.get(checkedHandle(handle));
    if (message === undefined || message.handle !== handle || message.visibleAtMs <= this.#parts.now())
      throw new SqsRefusal('MessageNotInflight', 'The message referred to is not in flight.');
    message.visibleAtMs = this.#parts.now() + visibilityMs;
    this.#ring();
  }

  purge(): void {
    for (const message of this.#kept) this.#forget(message);
  }

  counts(): { visible: number; hidden: number; delayed: number } {
    const now = this.#parts.now();
    this.#expire(now);
    const all = [...this.#kept];
    return {
      visible: all.filter(({ visibleAtMs }) => visibleAtMs <= now).length,
      hidden: all.filter(({ visibleAtMs, handle }) => visibleAtMs > now && handle !== undefined).length,
      delayed: all.filter(({ visibleAtMs, handle }) => visibleAtMs > now && handle === undefined).length,
    };
  }

  /** The bodies that there are, whatever their state: for tests and the admin. */
  bodies(): readonly string[] {
    return [...this.#kept].map(({ body }) => body);
  }

  /** When the next hidden message becomes visible. */
  nextVisibleAtMs(): number {
    return Math.min(...[...this.#kept].map(({ visibleAtMs }) => visibleAtMs), Number.POSITIVE_INFINITY);
  }

  /** Calls once when something may have become visible. @returns a function that ends the listening. */
  onChange(listener: () => void): () => void {
    this.#waiting.add(listener);
    return () => this.#waiting.delete(listener);
  }

  #hand(message: Kept, now: number, visibilityMs: number): Received {
    if (message.handle !== undefined) this.#byHandle.delete(message.handle);
    const receiptHandle = Buffer.from(`${message.messageId} ${randomUUID()}`).toString('base64');
    message.handle = receiptHandle;
    message.receiveCount += 1;
    message.firstReceivedAtMs ??= now;
    message.visibleAtMs = now + visibilityMs;
    this.#byHandle.set(receiptHandle, message);
    const { messageId, body, attributes, sentAtMs, firstReceivedAtMs, receiveCount } = message;
    return { messageId, receiptHandle, body, attributes, sentAtMs, firstReceivedAtMs, receiveCount };
  }

  /** A message that was received as often as its queue allows goes to the dead letters instead of out. */
  #isSpent(message: Kept): boolean {
    const { redrive } = this.attributes;
    if (redrive === undefined || message.receiveCount < redrive.maxReceiveCount) return false;
    const target = this.#parts.deadLetters(redrive.deadLetterTargetArn);
    if (target === undefined) return false;
    this.#forget(message);
    target.#kept.add({ ...message, visibleAtMs: this.#parts.now(), handle: undefined });
    target.#ring();
    return true;
  }

  #expire(now: number): void {
    const oldest = now - this.attributes.number('MessageRetentionPeriod') * 1_000;
    for (const message of this.#kept) if (message.sentAtMs < oldest) this.#forget(message);
  }

  #forget(message: Kept): void {
    this.#kept.delete(message);
    if (message.handle !== undefined) this.#byHandle.delete(message.handle);
  }

  #ring(): void {
    for (const listener of [...this.#waiting]) listener();
  }
}

function checkedHandle(handle: string): string {
  if (/^[0-9a-f-]{36} [0-9a-f-]{36}$/.test(Buffer.from(handle, 'base64').toString())) return handle;
  throw new SqsRefusal('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
}
