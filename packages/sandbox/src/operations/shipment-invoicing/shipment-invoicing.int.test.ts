import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Sandbox } from '../../sandbox.js';
import { startSandbox } from '../../start-sandbox.js';
import { Wire } from '../../testing/wire.js';

const base = '/fba/outbound/brazil/v0/shipments';

describe('Invoices for shipments in Brazil', () => {
  let sandbox: Sandbox;
  let wire: Wire;
  let shipments: string[];

  beforeAll(async () => {
    sandbox = await startSandbox({ orders: 60, skus: 20, rateLimits: false, marketplaces: ['BR'] });
    wire = new Wire(sandbox);
    const { json } = await get('/orders/2026-01-01/orders', {
      ...{ createdAfter: '2020-01-01T00:00:00Z', fulfillmentStatuses: 'SHIPPED', fulfilledBy: 'AMAZON' },
      ...{ marketplaceIds: 'A2Q3Y263D00KWC', maxResultsPerPage: 50 },
    });
    shipments = json.orders.map((one: { orderId: string }) => `D${one.orderId.replaceAll('-', '')}`);
  });
  afterAll(() => sandbox.close());

  const region = 'na';
  const get = (path: string, query?: Record<string, string | number>, token?: string) =>
    wire.get(path, query, { region, ...(token !== undefined && { token }) });
  const post = (path: string, body: unknown) => wire.call({ method: 'POST', path, body, region });
  const bodyOf = (invoice: string) => ({
    InvoiceContent: Buffer.from(invoice).toString('base64'),
    ContentMD5Value: createHash('md5').update(invoice).digest('base64'),
  });
  const status = async (id: string) =>
    (await get(`${base}/${id}/invoice/status`)).json.payload.Shipments.InvoiceStatus;

  it('open their details to a restricted data token only', async () => {
    const path = `${base}/${shipments[0]}`;
    expect((await get(path)).status).toBe(403);
    const { json: restricted } = await post('/tokens/2021-03-01/restrictedDataToken', {
      restrictedResources: [{ method: 'GET', path: `${base}/{shipmentId}` }],
    });
    const token: string = restricted.restrictedDataToken;
    const { json } = await get(path, undefined, token);
    expect(json.payload).toMatchObject({ AmazonShipmentId: shipments[0], BuyerName: expect.any(String) });
  });

  it('are checked, and refused when they do not name the order or are not what their MD5 says', async () => {
    const [, id = ''] = shipments;
    const order = id.replace(/^D(\d{3})(\d{7})(\d{7})$/, '$1-$2-$3');
    expect(await status(id)).toBe('NotFound');
    const wrongSum = { ...bodyOf('<a/>'), ContentMD5Value: 'AAAAAAAAAAAAAAAAAAAAAA==' };
    expect((await post(`${base}/${id}/invoice`, wrongSum)).status).toBe(400);
    await post(`${base}/${id}/invoice`, bodyOf('<nfe>of another</nfe>'));
    expect([await status(id), await status(id)]).toEqual(['Processing', 'Errored']);
    await post(`${base}/${id}/invoice`, bodyOf(`<nfe>${order}</nfe>`));
    expect([await status(id), await status(id)]).toEqual(['Processing', 'Accepted']);
    const second = await post(`${base}/${id}/invoice`, bodyOf(`<nfe>${order}</nfe>`));
    expect([second.status, second.json.errors[0].details]).toEqual([
      400,
      `Shipment ${id} has an invoice already.`,
    ]);
  });

  it('belong to shipments that there are', async () => {
    expect((await get(`${base}/D00000000000000000/invoice/status`)).status).toBe(404);
  });
});
