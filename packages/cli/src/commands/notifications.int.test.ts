import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Sandbox, type SandboxQueue, startSandbox } from '@fluxori/sandbox';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandLine, until } from '../testing/command-line.js';
import { accountsOf, type Home, homeForMany, testAccount } from '../testing/main-job.js';

const eventBus = '210987654321/eu-west-1';

let sandbox: Sandbox;
let queue: SandboxQueue;
let home: Home;
let fluxori: CommandLine;

beforeAll(async () => {
  sandbox = await startSandbox({ orders: 5, skus: 4, settleMs: 0, rateLimits: false });
  queue = sandbox.createQueue('sp-api');
  sandbox.routeEvents({ accountId: '210987654321', queueArn: queue.arn });
  home = await homeForMany();
  // The sandbox takes everything at once; the connector, too.
  const account = {
    ...accountsOf(sandbox)[testAccount],
    limits: { '*': { ratePerSecond: 5_000, burst: 1_000 } },
  };
  await writeFile(
    join(home.path, 'fluxori.config.json'),
    JSON.stringify({ notifications: { queueUrl: queue.url }, accounts: { [testAccount]: account } }),
  );
  fluxori = new CommandLine(home.path, { FLUXORI_BACKEND: home.backendUrl });
});
afterAll(async () => {
  await sandbox?.close();
  await home?.[Symbol.asyncDispose]();
});

async function send(body: string): Promise<void> {
  const response = await fetch(sandbox.endpoints.sqs, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.SendMessage',
      authorization: 'AWS4-HMAC-SHA256 Credential=x/y, SignedHeaders=host, Signature=z',
    },
    body: JSON.stringify({ QueueUrl: queue.url, MessageBody: body }),
  });
  if (!response.ok) throw new Error(await response.text());
}

interface Setup {
  readonly destinations: readonly { readonly kind: string; readonly change: string }[];
  readonly subscriptions: readonly { readonly type: string; readonly change: string }[];
  readonly queueUrl: string;
}

describe('fluxori notifications', () => {
  const places = () => ['--queue-arn', queue.arn, '--event-bridge', eventBus];

  it('sets up what something is done for; once more, everything is kept', async () => {
    const made = await fluxori.json<Setup>('notifications', 'setup', ...places());
    expect(made.destinations.map(({ kind, change }) => `${kind} ${change}`)).toEqual([
      'sqs created',
      'eventBridge created',
    ]);
    expect(made.subscriptions.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['ORDER_CHANGE', 'REPORT_PROCESSING_FINISHED', 'LISTINGS_ITEM_STATUS_CHANGE']),
    );
    expect(made.queueUrl).toBe(queue.url);
    const again = await fluxori.json<Setup>('notifications', 'setup', ...places());
    expect(new Set([...again.destinations, ...again.subscriptions].map(({ change }) => change))).toEqual(
      new Set(['kept']),
    );
    const { stdout } = await fluxori.run('notifications', 'list');
    expect(stdout).toContain(queue.arn);
    expect(stdout).toContain('ORDER_CHANGE');
  });

  it('prints the policy that the queue needs', async () => {
    const { code, stdout } = await fluxori.run('notifications', 'policy', queue.arn);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { Statement: [{ Principal: { AWS: 'arn:aws:iam::437568002678:root' }, Resource: queue.arn }] },
    ]);
  });

  it.each([
    [['setup'], /--queue-arn/],
    [['setup', '--queue-arn', 'a-queue'], /ARN/],
    [
      ['setup', '--queue-arn', 'arn:aws:sqs:eu-west-1:123456789012:a', '--types', 'ORDER_STATUS_CHANGE'],
      /ORDER_CHANGE/,
    ],
    [['setup', '--event-bridge', 'here'], /123456789012\/eu-west-1/],
    [['listen', '--queue-url', 'https://example.com'], /SQS queue/],
    [['retry'], /--all/],
    [['dead', 'nobody'], /14 days/],
  ])('%j says what to do instead', async (args, words) => {
    const { code, stderr } = await fluxori.run('notifications', ...args);
    expect([code === 0, stderr]).toEqual([false, expect.stringMatching(words)]);
  });

  it('says at once that there is no such queue', async () => {
    const { code, stderr } = await fluxori.run('notifications', 'listen', '--queue-url', `${queue.url}-gone`);
    expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining('There is no queue')]);
    expect(code).not.toBe(0);
  });

  it('listens: jobs are put in for workers, and what cannot be read is put aside, shown, tried again, thrown away', async () => {
    const [orderId = ''] = sandbox.orderIds();
    sandbox.updateOrder(orderId, { status: 'SHIPPED' });
    await send('{ broken');
    const listening = fluxori.start('notifications', 'listen');
    await listening.prints((printed) => /ORDER_CHANGE done/.test(printed) && /other dead/.test(printed));
    const { code, stdout } = await listening.stop();
    expect(code).toBe(0);
    expect(stdout).toMatch(/\d+ done, 0 copies, 0 ignored, 1 put aside/);
    const jobs = await fluxori.json<{ name: string; priority: string }[]>('jobs', 'list');
    expect(jobs).toMatchObject([{ name: 'orders.import', priority: 'critical' }]);

    const [dead] = await fluxori.json<{ id: string; reason: string; body?: string }[]>(
      'notifications',
      'dead',
    );
    expect(dead).toMatchObject({ reason: 'unreadable' });
    expect(dead?.body).toBeUndefined();
    const id = dead?.id as string;
    expect((await fluxori.run('notifications', 'dead', id)).stdout).toContain('{ broken');
    expect((await fluxori.run('notifications', 'retry', id)).stdout).toContain('still cannot be worked on');
    expect((await fluxori.run('notifications', 'discard', '--all')).stdout).toContain('1 thrown away');
    expect((await fluxori.run('notifications', 'dead')).stdout).toContain('No message was put aside');
  });

  it('a worker listens while it works: an order that changes comes in by itself', async () => {
    const worker = fluxori.start('worker');
    await worker.prints((printed) => printed.includes(`Listening to ${queue.url}`));
    const orderId = sandbox.orderIds().at(-1) as string;
    sandbox.updateOrder(orderId, { status: 'CANCELLED' });
    await worker.prints((printed) => /done \{"orders":1,/.test(printed));
    const isIn = async () => (await fluxori.run('orders', 'show', orderId, '--json')).code === 0;
    await until(isIn, worker.printed);
    expect((await worker.stop()).code).toBe(0);
    expect(await fluxori.json('orders', 'show', orderId)).toMatchObject({ status: 'cancelled' });
  });

  it('a worker that is told so listens to none', async () => {
    const worker = fluxori.start('worker', '--no-listen', '--until-idle');
    const { code, stdout } = await worker.ended;
    expect([code, stdout.includes('Listening')]).toEqual([0, false]);
  });

  it('takes it all back', async () => {
    const gone = await fluxori.json<{ subscriptions: unknown[]; destinations: { change: string }[] }>(
      'notifications',
      'teardown',
      ...places(),
    );
    expect(gone.subscriptions.length).toBeGreaterThanOrEqual(8);
    expect(gone.destinations.map(({ change }) => change)).toEqual(['deleted', 'deleted']);
    expect((await fluxori.run('notifications', 'list')).stdout).toContain('No subscriptions.');
  });
});
