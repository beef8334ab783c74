import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { VerifyingGateway } from '@fluxori/network/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../../testing/connect-to-sandbox.js';
import type { AmazonSpConfigInput } from '../index.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const secretHalf = Buffer.alloc(32, 7).toString('base64url');
const signing = {
  ...{ issuer: 'acme', audience: 'gateway', kid: '2026-11', alg: 'ES256' as const, key: pem },
};

let open: Sandboxed;
let gateway: VerifyingGateway;

beforeAll(async () => {
  open = await connectToSandbox({
    config: noWaiting.connector,
    sandbox: { ...noWaiting.sandbox, settleMs: 0, orders: 3, skus: 3 },
  });
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  open.sandbox.resetCounters();
  gateway = new VerifyingGateway({
    ...{ issuer: 'acme', audience: 'gateway' },
    keys: new Map([
      ['2026-11', publicKey],
      ['shared', createSecretKey(Buffer.alloc(32, 7))],
    ]),
  });
  gateway.behind = toSandbox;
  await gateway.server.start();
});
afterEach(async () => {
  await gateway.server.stop();
});

/** What a gateway does with a request that it lets through. */
async function toSandbox({
  method,
  url,
  headers,
  body,
}: {
  method: string;
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}) {
  const named = ['x-amz-access-token', 'content-type', 'user-agent'].flatMap((name) =>
    headers[name] === undefined ? [] : [[name, String(headers[name])] as [string, string]],
  );
  const answer = await fetch(`${open.sandbox.endpoints.eu}${url.replace(/^\/spapi/, '')}`, {
    ...{ method, headers: named },
    ...(body !== '' && { body }),
  });
  return { status: answer.status, body: await answer.json() };
}

/** A connector whose calls go through the gateway; tokens come from where they came from. */
function through(more: Partial<AmazonSpConfigInput['gateway'] & object> = {}) {
  const { eu: _, ...endpoints } = open.sandbox.endpoints;
  return open.connect({ endpoints, gateway: { url: gateway.server.url, signing, ...more } });
}

describe('a gateway in front of Amazon', () => {
  // The restricted token that the first fetches is the others' as well.
  it.each<[string, number, object]>([
    ['one URL, ES256', 0, {}],
    ['a URL for the region, with a path', 1, { url: 'region' }],
    ['HS256', 2, { signing: { ...signing, kid: 'shared', alg: 'HS256', key: secretHalf } }],
  ])(
    'lets through what the connector signs (%s): reads, writes, and restricted data',
    async (_, nth, more) => {
      const url = 'url' in more ? { url: { eu: `${gateway.server.url}/spapi/` } } : {};
      const connector = through({ ...more, ...url });
      const orderId = open.sandbox.orderIds()[nth] as string;
      expect((await connector.orders.get(orderId as never)).orderId).toBe(orderId);
      await connector.api('orders', 'v0').getOrderAddress({ orderId });
      await connector.documents.createDocument('application/json; charset=UTF-8');
      expect(new Set(gateway.verdicts)).toEqual(new Set(['passed']));
      const urls = gateway.server.requests.map((request) => request.url).join('\n');
      expect(urls.includes('restrictedDataToken')).toBe(nth === 0);
      expect(urls).toMatch(/feeds\/2021-06-30\/documents/);
      // Tokens are Login with Amazon's, who is not behind the gateway.
      expect(urls).not.toContain('auth/o2/token');
    },
  );

  it('gets no documents: they go to their own host, without token or signature', async () => {
    const connector = through();
    const id = await connector.documents.createDocument('text/plain; charset=UTF-8');
    await connector.documents.uploadDocumentContent(id, 'seen by nobody on the way');
    expect(gateway.server.requests.map(({ body }) => body).join()).not.toContain('seen by nobody');
    expect(open.sandbox.counters().documents.withCredentials).toBe(0);
  });

  it('refuses whoever signs with another key, as an error that the caller sees', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const key = other.export({ type: 'pkcs8', format: 'pem' }) as string;
    const error = await through({ signing: { ...signing, key } })
      .orders.page({ placedSince: new Date(0) })
      .catch((caught: Error) => caught);
    expect(error).toMatchObject({ name: 'AuthenticationError' });
    expect(gateway.verdicts[0]).toMatch(/^refused/);
    expect(open.sandbox.counters().served).toBe(0);
  });

  it('gets no signature when none is configured, and says so when its key cannot sign', async () => {
    await through({ signing: undefined })
      .orders.page({ placedSince: new Date(0) })
      .catch(() => undefined);
    expect(gateway.server.requests[0]?.headers['x-fluxori-signature']).toBeUndefined();
    const unfit = await through({ signing: { ...signing, key: 'no key at all' } })
      .orders.page({ placedSince: new Date(0) })
      .catch((caught: Error) => caught);
    expect(unfit).toMatchObject({ name: 'ConfigurationError', field: 'signer.key' });
    expect(String(unfit)).not.toContain('no key at all');
  });

  it('that sends elsewhere is not followed: the access token stays with it', async () => {
    const strangers: http.IncomingHttpHeaders[] = [];
    const stranger = http.createServer((request, response) => {
      strangers.push(request.headers);
      response.end('{}');
    });
    await new Promise<void>((ready) => stranger.listen(0, '127.0.0.1', ready));
    const location = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/elsewhere`;
    gateway.behind = () => ({ status: 307, body: {}, headers: { location } });
    const error = await through()
      .orders.page({ placedSince: new Date(0) })
      .catch((caught: Error) => caught);
    expect(error).toMatchObject({ name: 'RemoteError', status: 307 });
    expect(gateway.server.requests[0]?.headers['x-amz-access-token']).toMatch(/./);
    expect(strangers).toEqual([]);
    await new Promise((closed) => stranger.close(closed));
  });
});
