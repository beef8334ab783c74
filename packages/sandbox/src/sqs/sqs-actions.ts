import { z } from 'zod';
import { type MessageAttributes, md5OfAttributes, md5OfBody } from './message-md5.js';
import type { Received, SqsQueue } from './sqs-queue.js';
import type { SqsQueues } from './sqs-queues.js';
import { queueOwner } from './sqs-queues.js';
import { type SqsErrorCode, SqsRefusal } from './sqs-refusal.js';

/** What an action needs beside its own input. */
export interface ActionContext {
  readonly queues: SqsQueues;
  /** Where the service is reached, for queue URLs. */
  readonly ownUrl: string;
  /** Waits until something changes in the queue, the time is over, or the caller is gone. */
  readonly untilChanged: (queue: SqsQueue, ms: number) => Promise<void>;
  readonly now: () => number;
  readonly isGone: () => boolean;
}

type Action = (input: unknown, context: ActionContext) => unknown;

const queueUrl = z.string();
const attributeMap = z.record(z.string(), z.string());
const messageAttribute = z.object({
  DataType: z.string().min(1),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
const message = {
  MessageBody: z.string(),
  DelaySeconds: z.int().min(0).max(900).optional(),
  MessageAttributes: z.record(z.string(), messageAttribute).optional(),
};
const hidden = { ReceiptHandle: z.string(), VisibilityTimeout: z.int().min(0).max(43_200) };

function action<Schema extends z.ZodType>(
  schema: Schema,
  run: (input: z.output<Schema>, context: ActionContext) => unknown,
): Action {
  return (input, context) => {
    const checked = schema.safeParse(input);
    if (checked.success) return run(checked.data, context);
    const issue = checked.error.issues[0];
    const name = issue?.path.join('.') ?? 'input';
    throw new SqsRefusal(
      'InvalidParameterValue',
      `Value for parameter ${name} is invalid. Reason: ${issue?.message}`,
    );
  };
}

/** What this SQS does, by the name of the action. Source: the SQS API reference; checked November 2026. */
export const sqsActions: Readonly<Record<string, Action>> = {
  CreateQueue: action(
    z.object({ QueueName: z.string(), Attributes: attributeMap.optional() }),
    ({ QueueName, Attributes }, { queues, ownUrl }) => ({
      QueueUrl: urlOf(queues.create(QueueName, Attributes), ownUrl),
    }),
  ),
  DeleteQueue: action(z.object({ QueueUrl: queueUrl }), ({ QueueUrl }, { queues }) => {
    queues.remove(queueAt(QueueUrl, queues).name);
    return {};
  }),
  GetQueueUrl: action(z.object({ QueueName: z.string() }), ({ QueueName }, { queues, ownUrl }) => ({
    QueueUrl: urlOf(existing(queues.find(QueueName)), ownUrl),
  })),
  ListQueues: action(
    z.object({ QueueNamePrefix: z.string().optional() }),
    ({ QueueNamePrefix = '' }, { queues, ownUrl }) => {
      const names = queues.names().filter((name) => name.startsWith(QueueNamePrefix));
      return { QueueUrls: names.map((name) => `${ownUrl}/${queueOwner}/${name}`) };
    },
  ),
  GetQueueAttributes: action(
    z.object({ QueueUrl: queueUrl, AttributeNames: z.array(z.string()).default([]) }),
    ({ QueueUrl, AttributeNames }, { queues }) => {
      const all = attributesOf(queueAt(QueueUrl, queues));
      const wanted = AttributeNames.includes('All') ? Object.keys(all) : AttributeNames;
      const told = wanted.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]]));
      return told.length === 0 ? {} : { Attributes: Object.fromEntries(told) };
    },
  ),
  SetQueueAttributes: action(
    z.object({ QueueUrl: queueUrl, Attributes: attributeMap }),
    ({ QueueUrl, Attributes }, { queues, now }) => {
      const queue = queueAt(QueueUrl, queues);
      queue.attributes.set(Attributes);
      queue.changedAtMs = now();
      return {};
    },
  ),
  PurgeQueue: action(z.object({ QueueUrl: queueUrl }), ({ QueueUrl }, { queues }) => {
    queueAt(QueueUrl, queues).purge();
    return {};
  }),
  SendMessage: action(z.object({ QueueUrl: queueUrl, ...message }), ({ QueueUrl, ...entry }, { queues }) =>
    send(queueAt(QueueUrl, queues), entry),
  ),
  SendMessageBatch: action(batchOf(message), ({ QueueUrl, Entries }, { queues }) => {
    const queue = queueAt(QueueUrl, queues);
    return each(Entries, (entry) => send(queue, entry));
  }),
  ReceiveMessage: action(
    z.object({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: z.int().min(1).max(10).default(1),
      VisibilityTimeout: z.int().min(0).max(43_200).optional(),
      WaitTimeSeconds: z.int().min(0).max(20).optional(),
      AttributeNames: z.array(z.string()).default([]),
      MessageSystemAttributeNames: z.array(z.string()).default([]),
      MessageAttributeNames: z.array(z.string()).default([]),
    }),
    async (input, context) => {
      const queue = queueAt(input.QueueUrl, context.queues);
      const visibility = input.VisibilityTimeout ?? queue.attributes.number('VisibilityTimeout');
      const wait = input.WaitTimeSeconds ?? queue.attributes.number('ReceiveMessageWaitTimeSeconds');
      const deadline = context.now() + wait * 1_000;
      for (;;) {
        if (context.isGone()) return {};
        const messages = queue.take(input.MaxNumberOfMessages, visibility * 1_000);
        const leftMs = deadline - context.now();
        if (messages.length > 0) return { Messages: messages.map((one) => describe(one, input)) };
        if (leftMs <= 0) return {};
        await context.untilChanged(queue, Math.min(leftMs, queue.nextVisibleAtMs() - context.now()));
      }
    },
  ),
  DeleteMessage: action(
    z.object({ QueueUrl: queueUrl, ReceiptHandle: z.string() }),
    ({ QueueUrl, ReceiptHandle }, { queues }) => {
      queueAt(QueueUrl, queues).delete(ReceiptHandle);
      return {};
    },
  ),
  DeleteMessageBatch: action(batchOf({ ReceiptHandle: z.string() }), ({ QueueUrl, Entries }, { queues }) => {
    const queue = queueAt(QueueUrl, queues);
    return each(Entries, ({ ReceiptHandle }) => {
      queue.delete(ReceiptHandle);
      return {};
    });
  }),
  ChangeMessageVisibility: action(z.object({ QueueUrl: queueUrl, ...hidden }), (input, { queues }) => {
    queueAt(input.QueueUrl, queues).changeVisibility(input.ReceiptHandle, input.VisibilityTimeout * 1_000);
    return {};
  }),
  ChangeMessageVisibilityBatch: action(batchOf(hidden), ({ QueueUrl, Entries }, { queues }) => {
    const queue = queueAt(QueueUrl, queues);
    return each(Entries, ({ ReceiptHandle, VisibilityTimeout }) => {
      queue.changeVisibility(ReceiptHandle, VisibilityTimeout * 1_000);
      return {};
    });
  }),
};

function batchOf<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object({ QueueUrl: queueUrl, Entries: z.array(z.object({ Id: z.string(), ...shape })) });
}

/** Does it for each entry; one that is refused does not hold up the others. */
function each<Entry extends { readonly Id: string }>(
  entries: readonly Entry[],
  work: (entry: Entry) => object,
) {
  if (entries.length === 0)
    throw new SqsRefusal('EmptyBatchRequest', 'There should be at least one entry in the request.');
  if (entries.length > 10)
    throw new SqsRefusal('TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw new SqsRefusal(
      'BatchEntryIdsNotDistinct',
      'Two or more batch entries in the request have the same Id.',
    );
  const Successful: object[] = [];
  const Failed: { Id: string; Code: SqsErrorCode; Message: string; SenderFault: boolean }[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...work(entry) });
    } catch (error) {
      if (!(error instanceof SqsRefusal)) throw error;
      Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}

interface Entry {
  readonly MessageBody: string;
  readonly DelaySeconds?: number | undefined;
  readonly MessageAttributes?: MessageAttributes | undefined;
}

function send(queue: SqsQueue, { MessageBody, DelaySeconds, MessageAttributes = {} }: Entry): object {
  const MessageId = queue.send({
    body: MessageBody,
    attributes: MessageAttributes,
    delaySeconds: DelaySeconds,
  });
  const digest = md5OfAttributes(MessageAttributes);
  return {
    MessageId,
    MD5OfMessageBody: md5OfBody(MessageBody),
    ...(digest !== undefined && { MD5OfMessageAttributes: digest }),
  };
}

interface Wanted {
  readonly AttributeNames: readonly string[];
  readonly MessageSystemAttributeNames: readonly string[];
  readonly MessageAttributeNames: readonly string[];
}

function describe(received: Received, wanted: Wanted): object {
  const system: Record<string, string> = {
    SenderId: 'AIDASANDBOXSPAPINOTIFY',
    SentTimestamp: String(Math.round(received.sentAtMs)),
    ApproximateReceiveCount: String(received.receiveCount),
    ApproximateFirstReceiveTimestamp: String(Math.round(received.firstReceivedAtMs)),
  };
  const names = [...wanted.AttributeNames, ...wanted.MessageSystemAttributeNames];
  const Attributes = pick(system, (name) => names.includes('All') || names.includes(name));
  const MessageAttributes = pick(received.attributes, (name) =>
    wanted.MessageAttributeNames.some(
      (one) =>
        one === 'All' ||
        one === '.*' ||
        one === name ||
        (one.endsWith('.*') && name.startsWith(one.slice(0, -2))),
    ),
  );
  const digest = md5OfAttributes(MessageAttributes);
  return {
    MessageId: received.messageId,
    ReceiptHandle: received.receiptHandle,
    Body: received.body,
    MD5OfBody: md5OfBody(received.body),
    ...(Object.keys(Attributes).length > 0 && { Attributes }),
    ...(digest !== undefined && { MessageAttributes, MD5OfMessageAttributes: digest }),
  };
}

function attributesOf(queue: SqsQueue): Record<string, string> {
  const { visible, hidden: notVisible, delayed } = queue.counts();
  return {
    ...queue.attributes.told(),
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(notVisible),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAtMs / 1_000)),
    LastModifiedTimestamp: String(Math.floor(queue.changedAtMs / 1_000)),
  };
}

function pick<Value>(
  all: Readonly<Record<string, Value>>,
  isWanted: (name: string) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => isWanted(name)));
}

function urlOf(queue: SqsQueue, ownUrl: string): string {
  return `${ownUrl}/${queueOwner}/${queue.name}`;
}

function queueAt(url: string, queues: SqsQueues): SqsQueue {
  return existing(queues.find(url.slice(url.lastIndexOf('/') + 1)));
}

function existing(queue: SqsQueue | undefined): SqsQueue {
  if (queue !== undefined) return queue;
  throw new SqsRefusal('QueueDoesNotExist', 'The specified queue does not exist.');
}
