import { SqsRefusal } from './sqs-refusal.js';

/** Attributes that can be set, with their default and range. Source: the SQS API reference, SetQueueAttributes; checked November 2026. */
const numbers: Readonly<Record<string, readonly [fallback: number, least: number, most: number]>> = {
  DelaySeconds: [0, 0, 900],
  MaximumMessageSize: [1_048_576, 1_024, 1_048_576],
  MessageRetentionPeriod: [345_600, 60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 0, 20],
  VisibilityTimeout: [30, 0, 43_200],
};

const texts: ReadonlySet<string> = new Set([
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'Policy',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
]);

export interface Redrive {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

/** What a queue was told about itself. */
export class QueueAttributes {
  readonly #values = new Map<string, string>();

  /** @throws SqsRefusal; nothing is set then. */
  set(attributes: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(attributes)) check(name, value);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === '') this.#values.delete(name);
      else this.#values.set(name, value);
    }
  }

  number(name: keyof typeof numbers & string): number {
    return Number(this.#values.get(name) ?? numbers[name]?.[0] ?? 0);
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  get redrive(): Redrive | undefined {
    const policy = this.#values.get('RedrivePolicy');
    return policy === undefined ? undefined : readRedrive(policy);
  }

  /** All, as GetQueueAttributes tells them. */
  told(): Record<string, string> {
    const defaults = Object.entries(numbers).map(([name, [fallback]]) => [name, String(fallback)] as const);
    return { ...Object.fromEntries(defaults), ...Object.fromEntries(this.#values) };
  }
}

function check(name: string, value: string): void {
  const range = numbers[name];
  if (range === undefined && !texts.has(name))
    throw new SqsRefusal('InvalidAttributeName', `Unknown Attribute ${name}.`);
  if (range !== undefined) {
    const [, least, most] = range;
    if (!/^\d+$/.test(value) || Number(value) < least || Number(value) > most)
      throw invalidValue(name, 'Reason: Must be between limits.');
  }
  if (name === 'RedrivePolicy' && value !== '') readRedrive(value);
}

function readRedrive(policy: string): Redrive {
  try {
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Record<string, unknown>;
    const most = Number(maxReceiveCount);
    if (typeof deadLetterTargetArn === 'string' && Number.isInteger(most) && most >= 1 && most <= 1_000)
      return { deadLetterTargetArn, maxReceiveCount: most };
  } catch {
    // Not JSON: refused below.
  }
  throw invalidValue(
    'RedrivePolicy',
    'Reason: deadLetterTargetArn and maxReceiveCount (1 to 1000) are needed.',
  );
}

function invalidValue(name: string, reason: string): SqsRefusal {
  return new SqsRefusal('InvalidAttributeValue', `Invalid value for the parameter ${name}. ${reason}`);
}
