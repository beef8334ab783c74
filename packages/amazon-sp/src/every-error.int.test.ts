import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { operations } from '@fluxori/amazon-sp-models';
import { type FluxoriBackend, openBackend } from '@fluxori/backend';
import { ConnectorFactory, type FluxoriError, isFluxoriError } from '@fluxori/core';
import { NetworkAwareClient } from '@fluxori/network';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noWaiting } from '../testing/connect-to-sandbox.js';
import { sampleParams } from '../testing/sample-params.js';
import { type AmazonSPConnector, amazonSp, isIdempotent, operationName } from './index.js';

/** Answers every operation with the same refusal; tokens it gives. */
let refusal: { status: number; body: string; type: string };
let server: Server;
let backend: FluxoriBackend;
let client: NetworkAwareClient;
let connector: AmazonSPConnector;

const errors = (code: string, message: string, details = '') =>
  JSON.stringify({ errors: [{ code, message, details }] });

const cases = [
  [400, errors('InvalidInput', 'The input is wrong.'), 'ValidationError', 'VALIDATION_FAILED'],
  [
    403,
    errors('Unauthorized', 'Access to requested resource is denied.'),
    'AuthenticationError',
    'AUTH_DENIED',
  ],
  [404, errors('NotFound', 'There is none.'), 'NotFoundError', 'NOT_FOUND'],
  [500, errors('InternalFailure', 'Sorry.'), 'RemoteError', 'REMOTE_FAILED'],
  [503, '<html><body>Service Unavailable</body></html>', 'RemoteError', 'REMOTE_FAILED'],
  // Last, since a 429 leaves the buckets empty.
  [
    429,
    errors('QuotaExceeded', 'You exceeded your quota for the requested resource.'),
    'RateLimitError',
    'RATE_LIMITED',
  ],
] as const;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname === '/auth/o2/token') {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ access_token: 'Atza|x', token_type: 'bearer', expires_in: 3600 }));
      } else if (pathname.endsWith('/restrictedDataToken')) {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ restrictedDataToken: 'Atz.sprdt|x', expiresIn: 3600 }));
      } else {
        response.writeHead(refusal.status, { 'content-type': refusal.type, 'x-amzn-requestid': 'req-1' });
        response.end(refusal.body);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  backend = await openBackend('memory:');
  client = new NetworkAwareClient({
    retry: { maxAttempts: 1, maxThrottles: 0 },
    breaker: { failuresInRow: 1e9, minimumRequests: 1e9 },
  });
  connector = new ConnectorFactory().register(amazonSp).create(
    'amazon-sp',
    {
      accountId: 'acme-za',
      sellerId: 'S',
      marketplaceId: 'ZA',
      clientId: 'c',
      clientSecret: 's',
      refreshToken: 'r',
      endpoints: { lwa: url, eu: url },
      ...noWaiting.connector,
    },
    { backend, client },
  );
});

afterAll(async () => {
  await connector?.close();
  await client?.close();
  await backend?.close();
  await new Promise((resolve) => server?.close(resolve));
});

const world = {
  marketplaceId: 'AE08WJ6YKNBMC',
  sellerId: 'S',
  orderId: '902-1234567-1234567',
  orderItemId: '1',
  quantity: 1,
  sku: 'A',
  fbaSku: 'B',
  asin: 'B000000001',
};

describe('every operation', () => {
  it.each(cases)('turns a %d %s into %s', async (status, body, name, code) => {
    refusal = { status, body, type: body.startsWith('<') ? 'text/html' : 'application/json' };
    const wrong: string[] = [];
    for (const operation of operations) {
      if (operation.operationId === 'createRestrictedDataToken') continue;
      const { api, version, operationId } = operation;
      const params = sampleParams(operation, world);
      const error = await connector
        .call({ api, version, operationId }, params, { maxWaitMs: 0 })
        .then(() => new Error('answered'))
        .catch((one: unknown) => one as FluxoriError);
      const right =
        isFluxoriError(error) &&
        error.name === name &&
        error.code === code &&
        error.account === 'acme-za' &&
        error.operation === operationName(operation) &&
        error.remedy !== undefined &&
        error.requestId === 'req-1' &&
        (status < 500 || (error.details?.outcome === 'unknown') === !isIdempotent(operation, params));
      if (!right) wrong.push(`${operationName(operation)}: ${JSON.stringify(error)} ${String(error)}`);
    }
    expect(wrong).toEqual([]);
  });
});
