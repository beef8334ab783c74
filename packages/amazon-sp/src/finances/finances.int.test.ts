import { type Backend, isErrorOf, orderId, type Transaction } from '@fluxori/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Recorded, type Recorder, startRecorder } from '../../testing/recorder.js';
import { Crash, runJob } from '../../testing/run-job.js';
import { amazonJobs, type FinancesImportResult } from '../index.js';

const dayMs = 24 * 3_600_000;

interface Posted {
  readonly id: string;
  readonly at: string;
  readonly status?: string;
}

/** A seller's books at Amazon: transactions by their time, two on a page. */
let books: Posted[];
let pageSize = 2;
let refuseTokens = 0;
let recorder: Recorder;

const accountIdOf = 'acme-za' as Parameters<Backend['records']['readState']>[0];

beforeAll(async () => {
  recorder = await startRecorder();
});
afterAll(async () => {
  await recorder?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  books = [];
  pageSize = 2;
  refuseTokens = 0;
  recorder.take();
  recorder.answer = (request) => answer(request);
});

function answer({ query }: Recorded) {
  const asked = new URLSearchParams(query);
  const token = asked.get('nextToken');
  if (token !== null && refuseTokens > 0) {
    refuseTokens--;
    return {
      status: 400,
      body: { errors: [{ code: 'InvalidInput', message: 'The nextToken has expired.' }] },
    };
  }
  const after = Date.parse(asked.get('postedAfter') ?? '');
  const before = Date.parse(asked.get('postedBefore') ?? '');
  // As Amazon does: too long a time is answered with nothing.
  const tooLong = before - after > 180 * dayMs;
  const status = asked.get('transactionStatus');
  const found = books
    .filter(({ at }) => Date.parse(at) >= after && Date.parse(at) < before && !tooLong)
    .filter((one) => status === null || one.status === status)
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  const from = Number(token ?? 0);
  const transactions = found.slice(from, from + pageSize).map(inAmazonsForm);
  const nextToken = from + pageSize < found.length ? String(from + pageSize) : undefined;
  return { body: { payload: { transactions, nextToken } } };
}

function inAmazonsForm({ id, at, status = 'RELEASED' }: Posted) {
  return {
    transactionId: id,
    transactionType: 'Shipment',
    transactionStatus: status,
    description: 'Order Payment',
    postedDate: at,
    totalAmount: { currencyCode: 'ZAR', currencyAmount: 129.9 },
    marketplaceDetails: { marketplaceId: 'AE08WJ6YKNBMC', marketplaceName: 'Amazon.co.za' },
    relatedIdentifiers: [
      { relatedIdentifierName: 'ORDER_ID', relatedIdentifierValue: '902-1234567-1234567' },
      { relatedIdentifierName: 'DEFERRED_TRANSACTION_ID', relatedIdentifierValue: 'deferred-1' },
    ],
    contexts: [{ contextType: 'PaymentsContext', paymentMethod: 'Visa', paymentReference: '4111' }],
    breakdowns: [
      {
        breakdownType: 'Sales',
        breakdownAmount: { currencyCode: 'ZAR', currencyAmount: 149.9 },
        breakdowns: [
          { breakdownType: 'Principal', breakdownAmount: { currencyCode: 'ZAR', currencyAmount: 149.9 } },
        ],
      },
      { breakdownType: 'Expenses', breakdownAmount: { currencyCode: 'ZAR', currencyAmount: -20 } },
    ],
    items: [
      {
        description: 'A bag',
        contexts: [{ contextType: 'ProductContext', asin: 'B00EXAMPLE', sku: 'BAG-1', quantityShipped: 2 }],
        totalAmount: { currencyCode: 'ZAR', currencyAmount: 129.9 },
        breakdowns: [],
      },
    ],
  };
}

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

const daysAgo = (days: number) => new Date(Date.now() - days * dayMs);

describe('transactions', () => {
  it('come in canonical form, over all pages, without how the buyer paid', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) books.push({ id, at: daysAgo(1).toISOString() });
    const found = await all(
      recorder.connector.finances.transactions({ postedSince: daysAgo(3), postedBefore: daysAgo(0.5) }),
    );
    expect(found.map((one) => one.transactionId).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(found[0]).toMatchObject({
      accountId: 'acme-za',
      marketplaceId: 'AE08WJ6YKNBMC',
      type: 'Shipment',
      status: 'released',
      total: { amount: '129.9', currency: 'ZAR' },
      orderId: '902-1234567-1234567',
      releases: 'deferred-1',
      parts: [
        { type: 'Sales', amount: { amount: '149.9', currency: 'ZAR' }, parts: [{ type: 'Principal' }] },
        { type: 'Expenses', amount: { amount: '-20', currency: 'ZAR' } },
      ],
      items: [{ sku: 'BAG-1', productId: 'B00EXAMPLE', quantity: 2 }],
    } satisfies Partial<Record<keyof Transaction, unknown>>);
    expect(JSON.stringify(found)).not.toMatch(/Visa|4111/);
  });

  it('go on behind a page with its cursor', async () => {
    for (const id of ['a', 'b', 'c']) books.push({ id, at: daysAgo(1).toISOString() });
    const query = { postedSince: daysAgo(3), postedBefore: daysAgo(0.5) };
    const { nextCursor } = await recorder.connector.finances.transactionPage(query);
    const rest = await all(recorder.connector.finances.transactions({ cursor: nextCursor as string }));
    expect(rest).toHaveLength(1);
    const [, second] = recorder.take() as [Recorded, Recorded];
    expect(second.query).toContain('postedAfter=');
    expect(second.query).toContain('nextToken=2');
  });

  it.each([
    ['neither a time nor an order', {}, /postedSince: is needed/],
    ['more than 180 days', { postedSince: daysAgo(200) }, /180 days/],
    ['an end before the beginning', { postedSince: daysAgo(1), postedBefore: daysAgo(2) }, /later than/],
    [
      'an end without a beginning',
      { orderId: orderId('902-1'), postedBefore: daysAgo(2) },
      /postedSince only/,
    ],
    ['an order and a group', { orderId: orderId('902-1'), financialEventGroupId: 'g' }, /together/],
  ])('are not asked for with %s', (_, query, text) => {
    expect(() => recorder.connector.finances.transactions(query)).toThrow(text);
    expect(recorder.requests).toEqual([]);
  });

  it('can be asked for by order', async () => {
    await all(recorder.connector.finances.transactions({ orderId: orderId('902-1234567-1234567') }));
    expect(recorder.take()[0]?.query).toBe(
      'relatedIdentifierName=ORDER_ID&relatedIdentifierValue=902-1234567-1234567',
    );
  });
});

describe('balances and summaries', () => {
  it('are listed in Amazon’s own form, with days as days', async () => {
    recorder.answer = ({ path }) =>
      path.endsWith('/balances')
        ? { body: { balances: [{ balanceType: 'AVAILABLE' }] } }
        : { body: { summaries: [{ netProceeds: { currencyCode: 'ZAR', currencyAmount: 1 } }] } };
    const { finances } = recorder.connector;
    expect(await all(finances.balances({ type: 'AVAILABLE', asOf: new Date('2026-01-31') }))).toHaveLength(1);
    expect(await all(finances.summaries({ settlementId: '123' }))).toHaveLength(1);
    expect(recorder.take().map(({ query }) => query)).toEqual([
      'balanceType=AVAILABLE&asOfDate=2026-01-31',
      'relatedIdentifierName=SETTLEMENT_ID&relatedIdentifierValue=123',
    ]);
  });
});

describe('the job finances.import', () => {
  const job = () => {
    const jobs = amazonJobs({ connector: async () => recorder.connector });
    return jobs.find(({ name }) => name === 'finances.import') as (typeof jobs)[number];
  };
  const run = async (payload: object, extra: Partial<Parameters<typeof runJob>[1]> = {}) =>
    (await runJob(job(), { backend: recorder.backend, payload, ...extra })) as FinancesImportResult;
  const kept = () => recorder.backend.records.list('transaction', { limit: 1_000 });

  it('goes through years in stretches that Amazon answers, and later looks back over what may come late only', async () => {
    books = [700, 400, 190, 100, 3, 1].map((days) => ({ id: `t${days}`, at: daysAgo(days).toISOString() }));
    const first = await run({ since: daysAgo(720).toISOString() });
    expect(first).toMatchObject({ transactions: 6, inserted: 6 });
    recorder.take();
    books.push({ id: 'late', at: daysAgo(1.5).toISOString() }, { id: 'new', at: daysAgo(0.1).toISOString() });
    const second = await run({});
    expect(second).toMatchObject({ transactions: 3, inserted: 2, unchanged: 1 });
    const watermark = await recorder.backend.records.readState(accountIdOf, 'finances.import/watermark/all');
    expect(watermark).toEqual({ postedUpTo: second.until });
    expect(Date.parse(first.until) - Date.parse(second.since)).toBe(2 * dayMs);
  });

  it('writes each transaction once, whatever page a crash comes after, and moves its watermark at the end only', async () => {
    books = Array.from({ length: 9 }, (_, n) => ({ id: `crash-${n}`, at: daysAgo(n + 1).toISOString() }));
    let crashes = 0;
    const result = await run(
      { marketplaceId: 'ZA', since: daysAgo(20).toISOString() },
      {
        beforeCheckpoint: (n) => {
          if (n % 3 === 2 && crashes < 4) {
            crashes++;
            throw new Crash();
          }
        },
      },
    );
    expect(crashes).toBe(4);
    expect(result.transactions).toBe(9);
    const ids = (await kept()).map((one) => one.transactionId).filter((id) => id.startsWith('crash'));
    expect(ids.sort()).toEqual(books.map(({ id }) => id).sort());
  });

  it('begins a stretch anew when its page token is no longer good', async () => {
    books = Array.from({ length: 5 }, (_, n) => ({ id: `token-${n}`, at: daysAgo(n + 1).toISOString() }));
    refuseTokens = 1;
    const result = await run({ since: daysAgo(20).toISOString(), restart: true });
    expect(result.inserted).toBe(5);
    expect(recorder.take().some(({ query }) => query.includes('nextToken'))).toBe(true);
  });

  it('takes the release of a deferred transaction for newer, when it is told to look again', async () => {
    const at = daysAgo(12).toISOString();
    books = [{ id: 'held', at, status: 'DEFERRED' }];
    await run({ since: daysAgo(20).toISOString(), restart: true });
    expect(await recorder.backend.records.get('transaction', accountIdOf, 'held')).toMatchObject({
      status: 'deferred',
    });
    books = [{ id: 'held', at, status: 'DEFERRED_RELEASED' }];
    await run({});
    expect(await recorder.backend.records.get('transaction', accountIdOf, 'held')).toMatchObject({
      status: 'deferred',
    });
    const again = await run({ recheckDeferredDays: 30 });
    expect(again.updated).toBe(1);
    expect(await recorder.backend.records.get('transaction', accountIdOf, 'held')).toMatchObject({
      status: 'released',
      platformStatus: 'DEFERRED_RELEASED',
    });
  });

  it('fails with Amazon’s refusal', async () => {
    recorder.answer = () => ({
      status: 403,
      body: { errors: [{ code: 'Unauthorized', message: 'denied' }] },
    });
    const error = await run({}).catch((one: unknown) => one);
    expect(isErrorOf(error, 'AuthenticationError')).toBe(true);
  });
});
