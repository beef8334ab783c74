import { type Disorder, SqsQueue } from './sqs-queue.js';
import { SqsRefusal } from './sqs-refusal.js';

/** Whose queues these are; in AWS a number of twelve digits. */
export const queueOwner = '000000000000';
/** Where the queues of the sandbox are, as far as ARNs say so. */
export const queueRegion = 'us-east-1';

interface Parts {
  readonly now: () => number;
  readonly disorder: Disorder;
}

/** All queues, by name. */
export class SqsQueues {
  readonly #parts: Parts;
  readonly #queues = new Map<string, SqsQueue>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Makes a queue, or gives the one of that name. @throws SqsRefusal */
  create(name: string, attributes: Readonly<Record<string, string>> = {}): SqsQueue {
    if (attributes.FifoQueue === 'true' || name.endsWith('.fifo'))
      throw new SqsRefusal(
        'UnsupportedOperation',
        'The sandbox has standard queues only, as Amazon delivers to no other.',
      );
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(name))
      throw new SqsRefusal(
        'InvalidParameterValue',
        'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
      );
    const existing = this.#queues.get(name);
    if (existing !== undefined) {
      const told = existing.attributes.told();
      if (Object.entries(attributes).some(([key, value]) => told[key] !== value))
        throw new SqsRefusal(
          'QueueNameExists',
          `A queue already exists with the same name and a different value for attributes.`,
        );
      return existing;
    }
    const queue = new SqsQueue({
      ...{ name, arn: `arn:aws:sqs:${queueRegion}:${queueOwner}:${name}` },
      now: this.#parts.now,
      disorder: this.#parts.disorder,
      deadLetters: (arn) => this.byArn(arn),
    });
    queue.attributes.set(attributes);
    this.#queues.set(name, queue);
    return queue;
  }

  find(name: string): SqsQueue | undefined {
    return this.#queues.get(name);
  }

  byArn(arn: string): SqsQueue | undefined {
    return [...this.#queues.values()].find((queue) => queue.arn === arn);
  }

  names(): readonly string[] {
    return [...this.#queues.keys()].sort();
  }

  remove(name: string): void {
    this.#queues.delete(name);
  }
}
