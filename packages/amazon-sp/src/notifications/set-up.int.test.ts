import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import type { AmazonSPConnector } from '../connector.js';
import type { NotificationSetup } from './set-up.js';

const eventBridge = { accountId: '210987654321', region: 'eu-west-1' };

let open: Sandboxed;
let setup: NotificationSetup;

beforeEach(async () => {
  open = await connectToSandbox({
    sandbox: { ...noWaiting.sandbox, orders: 0, skus: 1, sellers: 2 },
    config: noWaiting.connector,
  });
  const { arn: queueArn } = open.sandbox.createQueue('sp-api');
  setup = {
    queueArn,
    eventBridge,
    types: ['ORDER_CHANGE', 'REPORT_PROCESSING_FINISHED', 'LISTINGS_ITEM_STATUS_CHANGE'],
  };
});
afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
});

/** Of the sandbox's second seller, with the same application. */
function other(): AmazonSPConnector {
  const { sellerId, refreshToken } = open.sandbox.accounts.find(
    (one) => one.sellerId !== open.sandbox.credentials.sellerId,
  )!;
  return open.connect({ accountId: 'other-za', sellerId, refreshToken });
}

const requests = (operation: string) =>
  open.sandbox.counters().operations[`notifications.${operation}`]?.requests ?? 0;
const changes = ({
  destinations,
  subscriptions,
}: Awaited<ReturnType<AmazonSPConnector['notifications']['setup']>>) => [
  destinations.map(({ kind, change }) => `${kind} ${change}`),
  subscriptions.map(({ type, change }) => `${type} ${change}`),
];
const kept = [
  ['sqs kept', 'eventBridge kept'],
  ['ORDER_CHANGE kept', 'REPORT_PROCESSING_FINISHED kept', 'LISTINGS_ITEM_STATUS_CHANGE kept'],
];
const everything = async ({ notifications }: AmazonSPConnector) => [
  (await notifications.destinations()).length,
  (await Promise.all(setup.types.map((type) => notifications.subscription(type as string)))).filter(Boolean)
    .length,
];

describe('setting notifications up', () => {
  it('makes what is missing, and afterwards nothing', async () => {
    const { notifications } = open.connector;
    const first = await notifications.setup(setup);
    expect(changes(first)).toEqual([
      ['sqs created', 'eventBridge created'],
      ['ORDER_CHANGE created', 'REPORT_PROCESSING_FINISHED created', 'LISTINGS_ITEM_STATUS_CHANGE created'],
    ]);
    expect(first.destinations[1]?.eventSource).toMatch(
      /^aws\.partner\/sellingpartnerapi\.amazon\.com\/210987654321\//,
    );
    const made = [requests('createDestination'), requests('createSubscription')];
    expect(made).toEqual([2, 3]);
    const again = await notifications.setup(setup);
    expect(changes(again)).toEqual(kept);
    expect(again.subscriptions.map(({ subscriptionId }) => subscriptionId)).toEqual(
      first.subscriptions.map(({ subscriptionId }) => subscriptionId),
    );
    expect([requests('createDestination'), requests('createSubscription')]).toEqual(made);
  });

  it('replaces what does not fit, and says why', async () => {
    const { notifications } = open.connector;
    await notifications.setup(setup);
    const filtered = {
      ...setup,
      types: [{ type: 'ORDER_CHANGE', orderChangeTypes: ['BuyerRequestedChange'] }],
    } as const;
    expect((await notifications.setup(filtered)).subscriptions).toMatchObject([
      { change: 'replaced', because: 'its filter was another one' },
    ]);
    expect((await notifications.setup(filtered)).subscriptions).toMatchObject([{ change: 'kept' }]);
    const { arn: queueArn } = open.sandbox.createQueue('another');
    expect(
      (await notifications.setup({ ...filtered, queueArn, name: 'another' })).subscriptions,
    ).toMatchObject([{ change: 'replaced', because: 'it went to another destination' }]);
    const subscription = await notifications.subscription('ORDER_CHANGE');
    expect(subscription?.processingDirective?.eventFilter).toMatchObject({
      orderChangeTypes: ['BuyerRequestedChange'],
    });
  });

  it('lists every fault at once, and has asked for nothing', async () => {
    const wrong: NotificationSetup = {
      queueArn: `${setup.queueArn}.fifo`,
      types: [
        'ORDER_STATUS_CHANGE',
        { type: 'ORDER_CHANGE', marketplaceIds: ['ZA'] },
        { type: 'FEED_PROCESSING_FINISHED', payloadVersion: '1.0' },
        'LISTINGS_ITEM_STATUS_CHANGE',
      ],
    };
    const failure = open.connector.notifications.setup(wrong);
    await expect(failure).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      account: 'acme-za',
      problems: [
        expect.stringContaining('FIFO'),
        expect.stringContaining('there is no such notification'),
        expect.stringContaining('it takes no marketplaceIds'),
        expect.stringContaining('there is 2020-09-04'),
        expect.stringContaining('EventBridge only'),
      ],
    });
    expect(open.sandbox.counters().requests).toBe(0);
  });

  it.each(['createDestination', 'createSubscription'])(
    'an answer to %s that is lost makes nothing twice',
    async (operation) => {
      await open.sandbox.faults.set({
        ...{ kind: 'drop', when: 'after', operation: `notifications.${operation}`, count: 1 },
      });
      await open.connector.notifications.setup(setup);
      expect(await everything(open.connector)).toEqual([2, 3]);
      expect(changes(await open.connector.notifications.setup(setup))).toEqual(kept);
    },
  );

  it('goes on where it was broken off, and two at once do not disturb each other', async () => {
    await open.sandbox.faults.set({
      ...{ kind: 'error', status: 500, operation: 'notifications.createSubscription', skip: 1, count: 1 },
    });
    await expect(open.connector.notifications.setup(setup)).rejects.toMatchObject({ code: 'REMOTE_FAILED' });
    await Promise.all([1, 2].map(() => open.connector.notifications.setup(setup)));
    expect(await everything(open.connector)).toEqual([2, 3]);
  });

  it('says what Amazon says of a queue that does not let it in', async () => {
    const { arn: queueArn } = open.sandbox.createQueue('shut', { Policy: '{"Statement":[]}' });
    await expect(open.connector.notifications.setup({ ...setup, queueArn })).rejects.toThrow(/437568002678/);
  });
});

describe('taking notifications back', () => {
  it('leaves a destination to the other sellers who use it, and deletes it with the last', async () => {
    const second = other();
    await open.connector.notifications.setup(setup);
    await second.notifications.setup(setup);
    expect(await everything(second)).toEqual([2, 3]);
    const first = await open.connector.notifications.teardown(setup);
    expect(first.subscriptions).toHaveLength(3);
    expect(first.destinations.map(({ change }) => change)).toEqual(['kept', 'kept']);
    expect([await everything(open.connector), await everything(second)]).toEqual([
      [2, 0],
      [2, 3],
    ]);
    const last = await second.notifications.teardown(setup);
    expect(last.destinations.map(({ change }) => change)).toEqual(['deleted', 'deleted']);
    const nothing = await second.notifications.teardown(setup);
    expect(nothing).toEqual({ subscriptions: [], destinations: [] });
  });

  it('takes back only what goes to the places that are named', async () => {
    const { notifications } = open.connector;
    await notifications.setup(setup);
    const { queueArn } = setup;
    const gone = await notifications.teardown({ queueArn });
    expect(gone.subscriptions.map(({ type }) => type)).toEqual([
      'ORDER_CHANGE',
      'REPORT_PROCESSING_FINISHED',
    ]);
    expect(await notifications.subscription('LISTINGS_ITEM_STATUS_CHANGE')).toBeDefined();
  });
});
