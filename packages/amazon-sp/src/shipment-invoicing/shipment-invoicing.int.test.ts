import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Sealer, sealKeysFrom } from '@fluxori/backend';
import { isErrorOf, type Order } from '@fluxori/core';
import { type ContentStore, openContentStore, SealedContentStore } from '@fluxori/documents';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { hastyTimings as timings } from '../../testing/hasty-timings.js';
import { Crash, runJob } from '../../testing/run-job.js';
import { amazonJobs, type ShipmentInvoicingSubmitResult } from '../index.js';

let open: Sandboxed;
let folder: string;
let sealedContents: ContentStore;
/** Orders that Amazon has shipped, each used once. */
let shipped: Order[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fluxori-invoicing-'));
  const plain = await openContentStore(`file:${folder}`);
  const key = randomBytes(32).toString('base64');
  sealedContents = new SealedContentStore({ store: plain, sealing: new Sealer(sealKeysFrom(key)) });
  open = await connectToSandbox({
    sealedContents,
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, orders: 120, skus: 20, marketplaces: ['BR', 'US'] },
  });
  shipped = (
    await Array.fromAsync(open.connector.orders.list({ placedSince: new Date('2020-01-01') }))
  ).filter(
    ({ fulfilledBy, marketplaceId, status }) =>
      fulfilledBy === 'marketplace' && marketplaceId === 'A2Q3Y263D00KWC' && status === 'shipped',
  );
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
  await sealedContents?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await open.sandbox.faults.clear();
  open.sandbox.resetCounters();
});

const shipmentOf = ({ orderId }: Order) => `D${orderId.replaceAll('-', '')}`;
const invoiceFor = ({ orderId }: Order) => `<?xml version="1.0"?><nfe><order>${orderId}</order></nfe>`;
const submissions = () =>
  open.sandbox
    .counters()
    .distinct.filter(({ operation }) => operation.endsWith('submitInvoice'))
    .reduce((sum, { count }) => sum + count, 0);

describe('shipment invoicing', () => {
  it('gives what an invoice needs, with a restricted token, and takes the invoice', async () => {
    const { shipmentInvoicing } = open.connector;
    const order = shipped.pop() as Order;
    const shipmentId = shipmentOf(order);
    const details = await shipmentInvoicing.details(shipmentId);
    expect(details).toMatchObject({ AmazonOrderId: order.orderId, BuyerName: expect.any(String) });
    expect(
      open.sandbox.counters().distinct.find(({ operation }) => operation.endsWith('Details'))?.auth,
    ).toBe('rdt');
    expect(await shipmentInvoicing.status(shipmentId)).toBe('not-found');
    await shipmentInvoicing.submit(shipmentId, invoiceFor(order));
    expect(await shipmentInvoicing.status(shipmentId)).toBe('processing');
    expect(await shipmentInvoicing.status(shipmentId)).toBe('accepted');
  });

  it('names a shipment that does not exist, an invoice that is empty, and a region without Brazil', async () => {
    const { shipmentInvoicing } = open.connector;
    const unknown = { name: 'NotFoundError', field: 'shipmentId' };
    await expect(shipmentInvoicing.details('D1')).rejects.toMatchObject(unknown);
    await expect(shipmentInvoicing.submit('D1', '<x/>')).rejects.toMatchObject(unknown);
    await expect(shipmentInvoicing.submit('D1', '')).rejects.toMatchObject({ field: 'invoice' });
    await using europe = await connectToSandbox({ sandbox: { orders: 0, skus: 1 } });
    await expect(europe.connector.shipmentInvoicing.submit('D1', '<x/>')).rejects.toMatchObject({
      code: 'MARKETPLACE_WRONG_REGION',
    });
  });
});

describe('the job shipmentInvoicing.submit', () => {
  const run = (payload: object, rest: object = {}) => {
    const jobs = amazonJobs({ connector: async () => open.connector, timings });
    const job = jobs.find(({ name }) => name === 'shipmentInvoicing.submit') as (typeof jobs)[number];
    return runJob(job, { backend: open.backend, payload, ...rest }) as Promise<ShipmentInvoicingSubmitResult>;
  };
  const prepared = async (invoice?: string) => {
    const order = shipped.pop() as Order;
    const shipmentId = shipmentOf(order);
    await sealedContents.write(`invoices/${shipmentId}`, Readable.from([invoice ?? invoiceFor(order)]));
    return { shipmentId, file: { name: `invoices/${shipmentId}`, sealed: true }, order };
  };

  it('submits the invoice once and sees it through; a second job finds it', async () => {
    const { order: _, ...payload } = await prepared();
    expect(await run(payload)).toEqual({
      ...{ shipmentId: payload.shipmentId, status: 'accepted', submitted: true },
    });
    expect(await run(payload)).toMatchObject({ status: 'accepted', submitted: false });
    expect(submissions()).toBe(1);
  });

  it('submits the invoice once when several jobs are about one shipment at the same time', async () => {
    const { order: _, ...payload } = await prepared();
    const all = await Promise.all(['job-1', 'job-2', 'job-3'].map((jobId) => run(payload, { jobId })));
    expect(submissions()).toBe(1);
    expect(all.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(all.filter(({ submitted }) => submitted)).toHaveLength(1);
  });

  it('does not submit again when the answer was lost', async () => {
    const { order: _, ...payload } = await prepared();
    await open.sandbox.faults.set({
      ...{ kind: 'drop', when: 'after', count: 1 },
      operation: 'shipmentInvoicing.submitInvoice',
    });
    expect(await run(payload)).toMatchObject({ submitted: true });
    expect(submissions()).toBe(1);
  });

  it('submits once, wherever its process dies', async () => {
    for (let at = 1; at <= 4; at++)
      for (const when of ['beforeCheckpoint', 'afterCheckpoint']) {
        const { order: _, ...payload } = await prepared();
        open.sandbox.resetCounters();
        let crashed = false;
        const die = (n: number) => {
          if (n !== at || crashed) return;
          crashed = true;
          throw new Crash();
        };
        const { status } = await run(payload, { [when]: die });
        expect([at, when, status, submissions()]).toEqual([at, when, 'accepted', 1]);
      }
  });

  it('tells when Amazon’s check refuses it, and takes the corrected one', async () => {
    const { order, ...payload } = await prepared('not an invoice');
    const error = await run(payload).catch((one: unknown) => one);
    expect(isErrorOf(error, 'RemoteError') && [error.code, error.remoteCode, error.retryable]).toEqual([
      ...['REMOTE_REFUSED', 'Errored', false],
    ]);
    expect(String(error)).toMatch(/The invoice for shipment D\d+ of acme-za was refused by Amazon’s check/);
    await sealedContents.write(payload.file.name, Readable.from([invoiceFor(order)]));
    expect(await run(payload)).toMatchObject({ status: 'accepted', submitted: true });
    expect(submissions()).toBe(2);
  });

  it.each([
    [{ shipmentId: 'D1', file: { name: 'a' } }, /sealed: true/],
    [{ shipmentId: ' ', file: { name: 'a', sealed: true } }, /id is empty/],
    [{ shipmentId: 'D1' }, /file/],
  ])('refuses the payload %j before it is queued', async (payload, said) => {
    await expect(run(payload)).rejects.toThrow(said);
  });
});
