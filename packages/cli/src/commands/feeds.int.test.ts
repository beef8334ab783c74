import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orderFulfilmentFeed } from '@fluxori/amazon-sp';
import type { InventoryLevel, MarketplaceId, OrderId } from '@fluxori/core';
import { type Sandbox, startSandbox } from '@fluxori/sandbox';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLine } from '../testing/command-line.js';
import { accountsOf, type Home, homeForMany } from '../testing/main-job.js';

let sandbox: Sandbox;
let home: Home;
let fluxori: CommandLine;
const file = (name: string) => join(home.path, name);
const message = (sku: string, quantity: unknown) => ({
  ...{ sku, operationType: 'PATCH', productType: 'LUGGAGE' },
  patches: [
    {
      op: 'merge',
      path: '/attributes/fulfillment_availability',
      value: [{ fulfillment_channel_code: 'DEFAULT', quantity }],
    },
  ],
});

beforeAll(async () => {
  sandbox = await startSandbox({
    ...{ orders: 3, skus: 10, rateLimits: false },
    feeds: { queueMs: 2, progressMs: 2 },
  });
  home = await homeForMany();
  fluxori = new CommandLine(home.path, { FLUXORI_BACKEND: home.backendUrl });
  const limits = { '*': { ratePerSecond: 1_000, burst: 100 } };
  const [[name, account]] = Object.entries(accountsOf(sandbox)) as [[string, object]];
  const workflows = { firstPollMs: 20, longestPollMs: 50, listedAfterMs: 20 };
  await writeFile(
    file('fluxori.config.json'),
    JSON.stringify({
      workflows,
      accounts: { [name]: { ...account, limits } },
      // It would be one more job, if it became 3:17 meanwhile.
      privacy: { sweep: false },
    }),
  );
  const lines = [message('NO-SUCH-SKU', 3), message('NOR-THIS', 4)].map((one) => JSON.stringify(one));
  await writeFile(file('changes.jsonl'), `${lines.join('\n')}\n\n`);
});
afterAll(async () => {
  await sandbox.close();
  await home[Symbol.asyncDispose]();
});
beforeEach(() => {
  sandbox.clearOutcomes();
  sandbox.resetCounters();
});

describe('fluxori feeds submit', () => {
  it('submits the messages of a file, waits, and names what was refused, item by item', async () => {
    const { code, stdout, stderr } = await fluxori.run('feeds', 'submit', 'changes.jsonl');
    expect([code, stderr]).toEqual([11, 'All of it was refused or failed: exit code 11.\n']);
    expect(stdout).toMatch(
      /Feed \d+ \(JSON_LISTINGS_FEED\): partly-accepted\. 0 accepted, 0 with warnings, 2 refused\./,
    );
    expect(stdout).toMatch(/1\s+NO-SUCH-SKU\s+error\s+\S+/);
    expect(stdout).toMatch(/2\s+NOR-THIS\s+error\s+\S+/);
    expect(sandbox.counters().feeds.created).toBe(1);
  });

  it('is shown again by the feed’s id, to people and programs', async () => {
    const { code, stdout } = await fluxori.run('feeds', 'submit', file('changes.jsonl'), '--json');
    const [submitted] = JSON.parse(stdout) as { end: string; result: { feedId: string } }[];
    expect([code, submitted?.end]).toEqual([11, 'refused']);
    const feedId = submitted?.result.feedId as string;
    const shown = await fluxori.run('feeds', 'show', feedId);
    expect([shown.code, shown.stdout]).toEqual([
      0,
      expect.stringContaining('2 messages: 0 accepted, 2 refused.'),
    ]);
    expect(await fluxori.json('feeds', 'show', feedId)).toMatchObject({
      result: { feedId, feedType: 'JSON_LISTINGS_FEED', status: 'partly-accepted', processingStatus: 'DONE' },
      items: [
        { sku: 'NO-SUCH-SKU', messageId: 1, status: 'error' },
        { sku: 'NOR-THIS', messageId: 2, status: 'error' },
      ],
    });
  });

  it('ends with 0 when Amazon takes all messages, and with 10 when it takes some', async () => {
    await fluxori.run('inventory', 'sync');
    const { inventory } = await fluxori.json<{ inventory: InventoryLevel[] }>('inventory', 'list');
    const listed = inventory.find(({ fulfilledBy }) => fulfilledBy === 'seller')?.sku as string;
    const lines = [message(listed, 5), message('NO-SUCH-SKU', 3)].map((one) => JSON.stringify(one));
    await writeFile(file('good.jsonl'), lines[0] as string);
    await writeFile(file('mixed.jsonl'), lines.join('\n'));
    const good = await fluxori.run('feeds', 'submit', 'good.jsonl', '--json');
    expect([good.code, JSON.parse(good.stdout)]).toEqual([0, [expect.objectContaining({ end: 'ok' })]]);
    const mixed = await fluxori.run('feeds', 'submit', 'mixed.jsonl');
    expect([mixed.code, mixed.stderr]).toEqual([10, expect.stringContaining('Some of it was refused')]);
    expect(mixed.stdout).toContain('1 accepted, 0 with warnings, 1 refused.');
  });

  it('leaves messages out that Amazon’s schema refuses, when told so, and names them', async () => {
    const { productType: _, ...bad } = message('B-2', 3);
    await writeFile(file('some.json'), JSON.stringify([bad, message('NO-SUCH-SKU', 3)]));
    const args = ['feeds', 'submit', 'some.json', '--skip-refused', '--issue-locale', 'en_ZA'];
    const { code, stdout } = await fluxori.run(...args, '--one-at-a-time');
    expect([code, stdout]).toEqual([11, expect.stringMatching(/1 not sent[\s\S]*B-2 +.*productType/)]);
    expect(stdout).toContain('0 accepted, 0 with warnings, 1 refused.');
    await writeFile(file('bad.json'), JSON.stringify([bad]));
    const none = await fluxori.run('feeds', 'submit', 'bad.json', '--skip-refused', '--json');
    const skipped = [{ sku: 'B-2', messageId: expect.any(Number), faults: [expect.any(String)] }];
    expect([none.code, JSON.parse(none.stdout)]).toEqual([11, [{ end: 'refused', skipped }]]);
    expect(sandbox.counters().feeds.created).toBe(1);
  });

  it('takes a document that is ready', async () => {
    const xml = orderFulfilmentFeed(
      [
        {
          ...{ orderId: '902-0000000-0000000' as OrderId, marketplaceId: 'ZA' as MarketplaceId },
          ...{ packageId: '1', carrier: 'DHL', trackingNumber: 'T1', shippedAt: '2026-11-01T00:00:00Z' },
          items: [{ orderItemId: '1', quantity: 1 }],
        },
      ],
      { sellerId: sandbox.credentials.sellerId },
    );
    await writeFile(file('shipments.xml'), xml);
    const { code, stdout } = await fluxori.run(
      ...['feeds', 'submit', 'shipments.xml', '--type', 'POST_ORDER_FULFILLMENT_DATA'],
    );
    expect([code, stdout]).toEqual([11, expect.stringMatching(/1\s+902-0000000-0000000\s+error/)]);
  });

  it('can leave it to a worker', async () => {
    const queued = await fluxori.run('feeds', 'submit', 'changes.jsonl', '--no-wait');
    expect(queued.stdout).toContain('A worker will do it');
    const again = await fluxori.run('feeds', 'submit', 'changes.jsonl', '--no-wait');
    expect(again.stdout).toContain('it was there already');
    expect(await fluxori.json('worker', '--until-idle')).toMatchObject({ completed: 1, failed: 0 });
    expect(sandbox.counters().feeds.created).toBe(1);
  });

  it('takes the same document with other options for another feed', async () => {
    const submit = ['feeds', 'submit', 'changes.jsonl', '--no-wait'];
    await fluxori.run(...submit);
    const other = await fluxori.run(...submit, '--option', 'some=thing');
    expect(other.stdout).not.toContain('it was there already');
    expect(await fluxori.json('worker', '--until-idle')).toMatchObject({ completed: 2, failed: 0 });
    expect(sandbox.counters().feeds.created).toBe(2);
  });

  it('says that a feed broke off, and what to do', async () => {
    sandbox.setOutcome({ of: 'feed', status: 'FATAL' });
    const { code, stderr } = await fluxori.run('feeds', 'submit', 'changes.jsonl');
    expect([code, stderr]).toEqual([9, expect.stringMatching(/broke off[\s\S]*What to do:/)]);
  });

  it.each<[string, string, string[], string]>([
    ['a file that is not there', '', ['nowhere.jsonl'], 'nowhere.jsonl cannot be read (ENOENT)'],
    ['a line that is no JSON', '{"sku":"A"}\nnonsense', ['in.jsonl'], 'Line 2 of in.jsonl is no message'],
    ['nothing', '', ['in.jsonl'], 'in.jsonl holds no messages'],
    [
      'a message that Amazon’s schema refuses',
      JSON.stringify([{ ...message('A-1', 3), productType: undefined }]),
      ['in.jsonl'],
      'A-1',
    ],
    ['a type that is switched off', '<a/>', ['in.jsonl', '-t', 'POST_PRODUCT_DATA'], 'switched off'],
    ['a type that is unknown', '<a/>', ['in.jsonl', '-t', 'POST_NOTHING'], 'no feed type'],
    [
      'what is about messages for a document that is ready',
      '<a/>',
      ['in.jsonl', '-t', 'POST_ORDER_FULFILLMENT_DATA', '--skip-refused'],
      'is about messages',
    ],
    ['an option without a value', '<a/>', ['in.jsonl', '--option', 'x'], 'name=value'],
  ])('refuses %s before anything is sent', async (_, content, args, problem) => {
    await writeFile(file('in.jsonl'), content);
    const { code, stderr } = await fluxori.run('feeds', 'submit', ...args);
    expect([code, stderr]).toEqual([problem === 'no feed type' ? 5 : 2, expect.stringContaining(problem)]);
    expect(stderr).toContain('What to do:');
    expect(sandbox.counters().requests).toBe(0);
  });
});

it('fluxori feeds show names a feed that does not exist', async () => {
  const { code, stderr } = await fluxori.run('feeds', 'show', '123');
  expect([code, stderr]).toEqual([5, expect.stringContaining('What to do:')]);
});
