import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSealKey, Sealer, sealKeysFrom } from '@fluxori/backend';
import { type AuditNote, accountId, ManualClock, orderId } from '@fluxori/core';
import { FolderContentStore, SealedContentStore } from '@fluxori/documents';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import { AmazonPersonalData } from './amazon-personal-data.js';

const reportType = 'GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING';
const account = accountId('acme-za');

describe('Personal data that the connector keeps', () => {
  let folder: string;
  let here: Sandboxed;
  let notes: AuditNote[];
  let holder: AmazonPersonalData;
  let refused: Error | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fluxori-amazon-privacy-'));
    notes = [];
    refused = undefined;
    const sealing = new Sealer(sealKeysFrom(generateSealKey()));
    here = await connectToSandbox({
      sandbox: { ...noWaiting.sandbox, orders: 40, skus: 10, reports: { queueMs: 0, progressMs: 0 } },
      config: noWaiting.connector,
      contents: new FolderContentStore({ folder: join(folder, 'plain') }),
      sealedContents: new SealedContentStore({
        store: new FolderContentStore({ folder: join(folder, 'sealed') }),
        sealing,
      }),
      audit: {
        record: async (note) => {
          if (refused !== undefined) throw refused;
          notes.push(note);
        },
      },
    });
    holder = new AmazonPersonalData({
      accountIds: () => [account],
      connector: async () => here.connector,
    });
  });
  afterEach(async () => {
    await here[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function keptReport(type: string): Promise<string> {
    const { connector } = here;
    await here.sandbox.setReport(type, { content: `order-id\tbuyer-name\r\n902-1\tNaledi ${type}\r\n` });
    const { reportId } = await connector.api('reports').createReport({
      body: {
        reportType: type,
        marketplaceIds: ['AE08WJ6YKNBMC'],
        dataStartTime: '2020-01-01T00:00:00Z',
      },
    });
    here.sandbox.finishWork();
    const { reportDocumentId: documentId } = await connector.api('reports').getReport({ reportId });
    const ref = { kind: 'report', documentId: documentId as string, reportType: type } as const;
    const opened = await connector.documents.openDocument(ref, { keep: true });
    for await (const _ of opened.bytes) {
      // Read to its end.
    }
    return documentId as string;
  }
  const kept = async () => (await Array.fromAsync(here.connector.documents.list({ kept: true }))).length;
  const erasure = (id: string) => ({
    accountIds: [account],
    orders: [{ accountId: account, orderId: orderId(id) }],
  });

  it('is told to the trail when it is fetched, and each time that a kept copy is read', async () => {
    const documentId = await keptReport(reportType);
    const told = notes.filter(({ subjects }) => subjects?.includes(documentId));
    expect(told).toMatchObject([
      { action: 'fetched', operation: 'reports.getReportDocument', accountId: account },
      { action: 'read', what: ['documents'], accountId: account },
    ]);
    notes.length = 0;
    const ref = { kind: 'report', documentId, reportType } as const;
    (await here.connector.documents.openDocument(ref)).close();
    expect(notes).toMatchObject([{ action: 'read', subjects: [documentId] }]);
    notes.length = 0;
    await keptReport('GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL');
    expect(notes).toEqual([]);
  });

  it('names the order, the job and the data in the trail, and no person', async () => {
    const [id] = here.sandbox.orderIds() as [string];
    await here.connector.orders.get(orderId(id), { includeRecipient: true, waiter: 'orders-7' });
    expect(notes).toEqual([
      {
        ...{ action: 'fetched', operation: 'orders.getOrder', accountId: account, what: ['RECIPIENT'] },
        ...{ subjects: [id], onBehalfOf: 'orders-7' },
      },
    ]);
    notes.length = 0;
    await here.connector.orders.get(orderId(id));
    expect(notes).toEqual([]);
  });

  it('is not fetched when the trail cannot be written', async () => {
    refused = new Error('the trail is full');
    const [id] = here.sandbox.orderIds() as [string];
    const before = here.sandbox.counters().requests;
    await expect(here.connector.orders.get(orderId(id), { includeRecipient: true })).rejects.toBe(refused);
    expect(here.sandbox.counters().requests).toBe(before);
    await here.connector.orders.get(orderId(id));
  });

  it('is erased: all kept copies that hold persons, whichever order is named, and prepared orders', async () => {
    await keptReport(reportType);
    await keptReport(reportType);
    await keptReport('GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL');
    await here.connector.outbound.prepare({
      ...{ outboundOrderId: 'WEB-1', placedAt: '2026-11-20T00:00:00Z', comment: 'Thanks', speed: 'Standard' },
      shipTo: { name: 'Naledi', lines: ['1 Protea'], city: 'Durban', countryCode: 'ZA', postalCode: '4001' },
      items: [{ sku: 'TEA-00000' as never, quantity: 1 }],
    });
    expect(await kept()).toBe(3);
    expect(await holder.erase(erasure('WEB-1'))).toEqual({
      deleted: { documents: 2, preparedOrders: 1, preparedMessages: 0 },
      remaining: [],
    });
    expect(await kept()).toBe(1);
    await expect(here.connector.outbound.prepared('WEB-1')).rejects.toMatchObject({
      name: 'ValidationError',
    });
    await here.connector.messaging.prepare(orderId('WEB-1'), {
      kind: 'unexpectedProblem',
      text: 'It is late.',
    });
    expect((await holder.erase(erasure('WEB-1'))).deleted).toEqual({
      ...{ documents: 0, preparedOrders: 0, preparedMessages: 1 },
    });
  });

  it('is told of where it cannot be reached', async () => {
    const other = accountId('gone-za');
    const { remaining } = await holder.erase({
      accountIds: [other],
      orders: [{ accountId: other, orderId: orderId('902-1') }],
    });
    expect(remaining).toMatchObject([{ what: 'copies of documents of gone-za' }]);
  });

  it('ends with its retention', async () => {
    await keptReport(reportType);
    expect(await holder.sweep()).toEqual({ deleted: { documents: 0 }, remaining: [] });
    expect(await kept()).toBe(1);
    const later = new AmazonPersonalData({
      accountIds: () => [account],
      connector: async () => here.connector,
      clock: new ManualClock(Date.now() + 31 * 86_400_000),
    });
    expect(await later.sweep()).toMatchObject({ deleted: { documents: 1 } });
    expect(await kept()).toBe(0);
  });
});
