import { afterEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../testing/connect-to-sandbox.js';

let open: Sandboxed | undefined;

afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
});

describe('AmazonSPConnector against the sandbox', () => {
  it('gets a page of orders with one token and one request', async () => {
    open = await connectToSandbox({ config: noWaiting.connector, sandbox: { orders: 30 } });
    const { connector, sandbox } = open;
    const answer = await connector.api('orders').searchOrders({
      lastUpdatedAfter: '2020-01-01T00:00:00Z',
      marketplaceIds: ['AE08WJ6YKNBMC'],
      maxResultsPerPage: 10,
    });
    expect(answer.orders).toHaveLength(10);
    expect(answer.pagination?.nextToken).toEqual(expect.any(String));
    const { requests, tokenCalls, throttled } = sandbox.counters();
    expect({ requests, tokenCalls, throttled }).toEqual({ requests: 1, tokenCalls: 1, throttled: 0 });
  });
});
