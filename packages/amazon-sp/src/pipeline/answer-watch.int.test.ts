import { join } from 'node:path';
import { isErrorOf, type OrderId } from '@fluxori/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Recorder, startRecorder } from '../../testing/recorder.js';
import type { DocumentRef } from '../documents/document-ref.js';
import { readSections } from '../surface/section-sources.js';

let wire: Recorder;
beforeAll(async () => {
  wire = await startRecorder();
});
afterAll(async () => wire[Symbol.asyncDispose]());

const since = new Date('2026-11-01');
/** What JSON can hold and no text can be made of. */
const unwritable = { toString: 0 };

// Each of these once ended in a bare TypeError, with which a job fails for good.
const cases: readonly [string, unknown, (amazon: Recorder['connector']) => unknown][] = [
  ['null', null, (amazon) => amazon.orders.page({ updatedSince: since })],
  ['a list', [], (amazon) => amazon.orders.page({ updatedSince: since })],
  ['no orders', {}, (amazon) => amazon.orders.page({ updatedSince: since })],
  ['an order that is null', { orders: [null] }, (amazon) => amazon.orders.page({ updatedSince: since })],
  ['no order', {}, (amazon) => amazon.orders.get('902-1' as OrderId)],
  ['null', null, (amazon) => amazon.inventory.page({ fulfilledBy: 'marketplace' })],
  ['items that are no list', { items: 7 }, (amazon) => amazon.listings.page({})],
  ['items that are no list', { items: unwritable }, (amazon) => amazon.catalog.page({ keywords: ['pot'] })],
  ['a payload of another shape', { payload: [null] }, (amazon) => amazon.sellers.participations()],
  [
    'restrictions that are no list',
    { restrictions: unwritable },
    (amazon) => amazon.restrictions.eligibility('B000000001'),
  ],
  [
    'reports that are no list',
    {},
    (amazon) => amazon.reports.schedules.list(['GET_FLAT_FILE_OPEN_LISTINGS_DATA']),
  ],
  ['queries that are no list', { queries: unwritable }, (amazon) => Array.fromAsync(amazon.dataKiosk.list())],
  ['plans that are no list', { inboundPlans: 7 }, (amazon) => Array.fromAsync(amazon.inbound.plans.list())],
];

describe('an answer that is not as Amazon’s model says', () => {
  it.each(cases)(
    'is told as one that cannot be read, and may be asked for again: %s (%#)',
    async (_, body, ask) => {
      wire.answer = () => ({ body: JSON.stringify(body) });
      const error = await (async () => ask(wire.connector))().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        ...{ name: 'RemoteError', code: 'REMOTE_UNREADABLE', retryable: true, account: 'acme-za' },
        ...{ requestId: 'req-1', cause: expect.objectContaining({ name: 'TypeError' }) },
      });
    },
  );

  it('is told so in the middle of a list, too, and the pages before it are not lost', async () => {
    const answers = [{ transactions: [], nextToken: 'more' }, { transactions: { toString: 0 } }];
    wire.answer = () => ({ body: { payload: answers.shift() } });
    const pages: unknown[] = [];
    const reading = async () => {
      for await (const page of wire.connector.finances.transactions({ postedSince: since }).pages())
        pages.push(page);
    };
    await expect(reading()).rejects.toMatchObject({ name: 'RemoteError', code: 'REMOTE_UNREADABLE' });
    expect(pages).toHaveLength(1);
  });

  it('may have been carried out when the call may not be repeated', async () => {
    wire.answer = () => ({ body: 'null' });
    const error = await wire.connector.documents
      .createDocument('text/plain')
      .catch((thrown: unknown) => thrown);
    expect(isErrorOf(error, 'RemoteError') && error.retryable).toBe(false);
    expect(error).toMatchObject({ remedy: expect.stringContaining('before sending it again') });
  });

  it('is not blamed for what breaks before an answer came', async () => {
    wire.take();
    const page = (async () => wire.connector.orders.page(undefined as never))();
    await expect(page).rejects.toMatchObject({ name: 'ValidationError', cause: expect.any(TypeError) });
    expect(wire.take()).toEqual([]);
  });
});

describe('the address of a document', () => {
  it.each([{}, null, { url: { toString: 0 } }])(
    'that is not in the answer is told as one that cannot be read, when rows or bytes are asked for: %j',
    async (body) => {
      wire.answer = () => ({ body: JSON.stringify(body) });
      const documentId = `D-${JSON.stringify(body).length}`;
      const refs: readonly DocumentRef[] = [
        { kind: 'report', documentId, reportType: 'GET_MERCHANT_LISTINGS_ALL_DATA' },
        { kind: 'feedResult', documentId },
        { kind: 'dataKiosk', documentId },
      ];
      for (const ref of refs) {
        const opened = wire.connector.documents.openDocument(ref);
        await expect(opened).rejects.toMatchObject({ name: 'RemoteError', code: 'REMOTE_UNREADABLE' });
      }
    },
  );

  it('to upload to is told so, too', async () => {
    wire.answer = () => ({ body: {} });
    const made = wire.connector.documents.createDocument('text/plain');
    await expect(made).rejects.toMatchObject({
      ...{ name: 'RemoteError', code: 'REMOTE_UNREADABLE', operation: 'feeds.createFeedDocument' },
    });
  });
});

describe('the guard', () => {
  const src = join(import.meta.dirname, '..');
  // What is gathered in `changes` is not read from Amazon's answers.
  const sections = readSections(src)
    .map(({ name }) => name)
    .filter((name) => name !== 'changes');

  it('is around every method of every section, and of every client within one', () => {
    const bare: string[] = [];
    const rooms: string[] = [];
    const look = (name: string, client: object) => {
      const methods = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(client) as object);
      for (const [method, { value }] of Object.entries(methods)) {
        if (typeof value !== 'function' || method === 'constructor') continue;
        if (Reflect.get(client, method) === value) bare.push(`${name}.${method}`);
      }
      for (const [room, value] of Object.entries(client)) {
        if (typeof value !== 'object' || value === null || value.constructor === Object) continue;
        rooms.push(`${name}.${room}`);
        look(`${name}.${room}`, value as object);
      }
    };
    for (const name of sections)
      look(name, (wire.connector as unknown as Record<string, object>)[name] as object);
    expect(bare).toEqual([]);
    expect(sections.length).toBeGreaterThan(20);
    expect(rooms).toEqual(
      expect.arrayContaining([
        'inbound.plans',
        'outbound.returns',
        'reports.schedules',
        'messaging.sendings',
      ]),
    );
  });

  it('is the same each time it is looked at', () => {
    const { orders, inbound } = wire.connector;
    expect(wire.connector.orders).toBe(orders);
    expect(orders.page).toBe(orders.page);
    expect(inbound.plans).toBe(inbound.plans);
  });
});
