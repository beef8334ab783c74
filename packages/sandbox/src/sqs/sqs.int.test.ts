import { setTimeout as wait } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { SandboxOptions } from '../options.js';
import type { Sandbox } from '../sandbox.js';
import { startSandbox } from '../start-sandbox.js';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function start(options: SandboxOptions = {}): Promise<{ sandbox: Sandbox; sqs: SQSClient }> {
  const sandbox = await startSandbox({ orders: 0, skus: 1, ...options });
  const sqs = new SQSClient({
    endpoint: sandbox.endpoints.sqs,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    maxAttempts: 3,
  });
  open.push(sandbox, { close: async () => sqs.destroy() });
  return { sandbox, sqs };
}

async function makeQueue(
  sqs: SQSClient,
  QueueName: string,
  Attributes?: Record<string, string>,
): Promise<string> {
  const { QueueUrl } = await sqs.send(
    // What is received stays hidden for as long as a test takes, on whatever machine.
    new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout: '600', ...Attributes } }),
  );
  return QueueUrl!;
}

const send = (sqs: SQSClient, QueueUrl: string, MessageBody: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));

async function receive(
  sqs: SQSClient,
  QueueUrl: string,
  options: { VisibilityTimeout?: number; WaitTimeSeconds?: number } = {},
): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
      ...options,
    }),
  );
  return Messages;
}

async function counts(sqs: SQSClient, QueueUrl: string): Promise<[visible: number, hidden: number]> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return [
    Number(Attributes?.ApproximateNumberOfMessages),
    Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
  ];
}

describe("the sandbox's SQS, by AWS's own client", () => {
  it('makes, finds, lists, describes and changes queues', async () => {
    const { sqs } = await start();
    const url = await makeQueue(sqs, 'notifications', { VisibilityTimeout: '45' });
    await expect(makeQueue(sqs, 'notifications', { VisibilityTimeout: '45' })).resolves.toBe(url);
    await expect(makeQueue(sqs, 'notifications', { VisibilityTimeout: '46' })).rejects.toMatchObject({
      name: 'QueueNameExists',
    });
    await makeQueue(sqs, 'other');
    await expect(sqs.send(new GetQueueUrlCommand({ QueueName: 'notifications' }))).resolves.toMatchObject({
      QueueUrl: url,
    });
    await expect(sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'not' }))).resolves.toMatchObject({
      QueueUrls: [url],
    });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { DelaySeconds: '3' } }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({
      QueueArn: 'arn:aws:sqs:us-east-1:000000000000:notifications',
      VisibilityTimeout: '45',
      DelaySeconds: '3',
    });
    await expect(
      sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { DelaySeconds: '901' } })),
    ).rejects.toMatchObject({ name: 'InvalidAttributeValue' });
    await expect(send(sqs, `${url}-gone`, 'x')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    await expect(makeQueue(sqs, 'notifications.fifo')).rejects.toMatchObject({
      name: 'UnsupportedOperation',
    });
  });

  it('delivers bodies and attributes with digests that the client checks, hides them, and deletes them', async () => {
    const { sqs } = await start();
    const url = await makeQueue(sqs, 'notifications');
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: '{"name":"Zoë 注文"}',
        MessageAttributes: {
          text: { DataType: 'String', StringValue: 'ü' },
          bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
        },
      }),
    );
    const [message] = await receive(sqs, url);
    expect(message).toMatchObject({
      Body: '{"name":"Zoë 注文"}',
      Attributes: { ApproximateReceiveCount: '1' },
      MessageAttributes: { text: { StringValue: 'ü' } },
    });
    expect(message?.MessageAttributes?.bytes?.BinaryValue).toEqual(new Uint8Array([0, 255]));
    expect(message?.MD5OfMessageAttributes).toMatch(/^[0-9a-f]{32}$/);
    await expect(receive(sqs, url)).resolves.toEqual([]);
    await expect(counts(sqs, url)).resolves.toEqual([0, 1]);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }));
    await expect(counts(sqs, url)).resolves.toEqual([0, 0]);
    await expect(
      sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: 'none' })),
    ).rejects.toMatchObject({ name: 'ReceiptHandleIsInvalid' });
  });

  it('gives a message out again when its time is over, and only the last handle deletes', async () => {
    const { sqs } = await start();
    const url = await makeQueue(sqs, 'notifications');
    await send(sqs, url, 'once more');
    const [first] = await receive(sqs, url);
    await sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url,
        ReceiptHandle: first?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    const [second] = await receive(sqs, url);
    expect(second).toMatchObject({
      MessageId: first?.MessageId,
      Attributes: { ApproximateReceiveCount: '2' },
    });
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }));
    await expect(counts(sqs, url)).resolves.toEqual([0, 1]);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: second?.ReceiptHandle }));
    await expect(counts(sqs, url)).resolves.toEqual([0, 0]);
  });

  it('lets a receiver wait until something comes, and takes back what was for one who has gone', async () => {
    const { sqs, sandbox } = await start();
    const url = await makeQueue(sqs, 'notifications');
    const gone = new AbortController();
    await sandbox.faults.set({ kind: 'latency', ms: 1, operation: 'sqs.ReceiveMessage', count: 1 });
    const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20 }), {
      abortSignal: gone.signal,
    });
    // A fault that hits once is gone when the request has arrived.
    while (sandbox.faults.list().length > 0) await wait(1);
    gone.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    const received = receive(sqs, url, { WaitTimeSeconds: 20 });
    await send(sqs, url, 'here');
    await expect(received).resolves.toMatchObject([{ Body: 'here' }]);
  });

  it('sends, deletes and refuses in batches, each entry for itself', async () => {
    const { sqs } = await start();
    const url = await makeQueue(sqs, 'notifications', { MaximumMessageSize: '1024' });
    const entry = (Id: string, MessageBody: string) => ({ Id, MessageBody });
    const { Successful, Failed } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: [entry('a', 'one'), entry('b', 'x'.repeat(1_025)), entry('c', 'two')],
      }),
    );
    expect(Successful?.map(({ Id }) => Id)).toEqual(['a', 'c']);
    expect(Failed).toMatchObject([{ Id: 'b', Code: 'InvalidParameterValue', SenderFault: true }]);
    const messages = await receive(sqs, url);
    expect(messages.map(({ Body }) => Body)).toEqual(['one', 'two']);
    const Entries = messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    await expect(counts(sqs, url)).resolves.toEqual([0, 0]);
    await expect(
      sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: [entry('a', 'x'), entry('a', 'y')] })),
    ).rejects.toMatchObject({ name: 'BatchEntryIdsNotDistinct' });
    await send(sqs, url, 'three');
    await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    await expect(counts(sqs, url)).resolves.toEqual([0, 0]);
  });

  it('puts what was received too often into the dead letters', async () => {
    const { sqs, sandbox } = await start();
    const dead = sandbox.createQueue('dead');
    const url = await makeQueue(sqs, 'notifications', {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: '2' }),
    });
    await send(sqs, url, 'poison');
    for (const _ of [1, 2])
      await expect(receive(sqs, url, { VisibilityTimeout: 0 })).resolves.toHaveLength(1);
    await expect(receive(sqs, url)).resolves.toEqual([]);
    await expect(receive(sqs, dead.url)).resolves.toMatchObject([{ Body: 'poison' }]);
  });

  it('when told so, delivers some twice and in any order, and loses none', async () => {
    const { sqs } = await start({ sqs: { duplicates: 0.5, shuffle: true } });
    const url = await makeQueue(sqs, 'notifications');
    const bodies = Array.from({ length: 40 }, (_, n) => String(n));
    for (const body of bodies) await send(sqs, url, body);
    const seen: string[] = [];
    for (;;) {
      const messages = await receive(sqs, url);
      if (messages.length === 0) break;
      seen.push(...messages.map(({ Body }) => Body!));
    }
    expect(new Set(seen)).toEqual(new Set(bodies));
    expect(seen.length).toBeGreaterThan(bodies.length);
    expect([...new Set(seen)]).not.toEqual(bodies);
  });

  it('fails as it is told: the client repeats what it may', async () => {
    const { sqs, sandbox } = await start();
    const url = await makeQueue(sqs, 'notifications');
    await sandbox.faults.set({ kind: 'error', status: 503, operation: 'sqs.SendMessage', count: 1 });
    await send(sqs, url, 'after a 503');
    await sandbox.faults.set({ kind: 'drop', when: 'before', operation: 'sqs.ReceiveMessage', count: 1 });
    await expect(receive(sqs, url)).resolves.toMatchObject([{ Body: 'after a 503' }]);
    await sandbox.faults.set({ kind: 'drop', when: 'after', operation: 'sqs.SendMessage', count: 1 });
    await send(sqs, url, 'twice: the answer was lost');
    await expect(counts(sqs, url)).resolves.toEqual([2, 1]);
  });

  it('wants signed requests of actions that it knows', async () => {
    const { sandbox } = await start();
    const ask = async (target: string, headers: Record<string, string> = {}) => {
      const response = await fetch(sandbox.endpoints.sqs, {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target, ...headers },
        body: '{}',
      });
      return [response.status, ((await response.json()) as { __type: string }).__type];
    };
    await expect(ask('AmazonSQS.ListQueues')).resolves.toEqual([
      403,
      'com.amazonaws.sqs#MissingAuthenticationToken',
    ]);
    const authorization = 'AWS4-HMAC-SHA256 Credential=x/y, SignedHeaders=host, Signature=z';
    await expect(ask('AmazonSQS.Dance', { authorization })).resolves.toEqual([
      400,
      'com.amazonaws.sqs#UnknownOperationException',
    ]);
  });
});
