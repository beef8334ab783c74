import { type OperationDescriptor, operations, type ParameterDescriptor } from '@fluxori/amazon-sp-models';
import { type FluxoriError, isFluxoriError } from '@fluxori/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, type Recorded, type Recorder, startRecorder } from '../testing/recorder.js';
import { sampleParams } from '../testing/sample-params.js';
import { grantlessScope } from './auth/grantless-operations.js';
import { restrictedOperation } from './auth/restricted-operations.js';
import { isIdempotent, operationName, usagePlans } from './index.js';
import { applicationLimits } from './limits/application-limits.js';
import { parametersReadTwice } from './pipeline/read-twice.js';

let recorder: Recorder;

beforeAll(async () => {
  recorder = await startRecorder();
});

afterAll(async () => {
  await recorder?.[Symbol.asyncDispose]();
});

const world = {
  marketplaceId: 'AE08WJ6YKNBMC',
  sellerId: 'A1SELLER',
  orderId: '902-1234567-1234567',
  orderItemId: '1',
  quantity: 1,
  sku: 'A SKU/1, "ä"',
  fbaSku: 'B',
  asin: 'B000000001',
};

/** The recorder gives restricted data tokens by itself, so it cannot answer this one from a script. */
const scripted = operations.filter(({ operationId }) => operationId !== 'createRestrictedDataToken');

function call(operation: OperationDescriptor, params = sampleParams(operation, world)): Promise<unknown> {
  const { api, version, operationId } = operation;
  return recorder.connector.call({ api, version, operationId }, params, { maxWaitMs: 0 });
}

/** What Amazon reads out of a request: an unescaped value for each parameter. Written anew here, so that it does not repeat the connector's mistakes. */
function asAmazonReads(operation: OperationDescriptor, { path, query, headers }: Recorded) {
  const pairs = query === '' ? [] : query.split('&').map((pair) => pair.split('=') as [string, string]);
  const placeholders = operation.path
    .replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) => `(?<${name}>${isGreedy(operation, name) ? '.+' : '[^/]+'})`,
    );
  const inPath = new RegExp(`^${placeholders}$`).exec(path)?.groups ?? {};
  const read: Record<string, unknown> = {};
  for (const parameter of operation.parameters) {
    const { name } = parameter;
    if (parameter.in === 'path' && inPath[name] !== undefined) read[name] = decodeURIComponent(inPath[name]);
    if (parameter.in === 'header' && headers[name.toLowerCase()] !== undefined)
      read[name] = headers[name.toLowerCase()];
    if (parameter.in !== 'query') continue;
    const given = pairs.filter(([key]) => decodeURIComponent(key) === name).map(([, value]) => value);
    if (given.length > 0) read[name] = valueIn(operation, parameter, given);
  }
  return { read, strangers: pairs.filter(([key]) => !(decodeURIComponent(key) in read)) };
}

function valueIn(operation: OperationDescriptor, parameter: ParameterDescriptor, given: readonly string[]) {
  const { api, version, operationId } = operation;
  const twice = parametersReadTwice.includes(`${api}@${version}.${operationId}.${parameter.name}`);
  const plain = (text: string) =>
    twice ? decodeURIComponent(decodeURIComponent(text)) : decodeURIComponent(text);
  if (parameter.type !== 'array') return plain(given[0] as string);
  return (parameter.collectionFormat === 'multi' ? given : (given[0] as string).split(',')).map(plain);
}

function isGreedy(operation: OperationDescriptor, name: string): boolean {
  return operation.parameters.some((one) => one.name === name && one.greedy === true);
}

/** As text, since that is what travels. */
function asText(value: unknown): unknown {
  return Array.isArray(value) ? value.map(String) : String(value);
}

function expectedToken(operation: OperationDescriptor, { method, path }: Recorded): string {
  const scope = grantlessScope(operation);
  if (scope !== undefined) return `Atza|${scope}`;
  const restricted = restrictedOperation(operation);
  if (restricted === undefined || restricted.when !== undefined) return 'Atza|seller';
  return `Atz.sprdt|${method}|${restricted.exactPath ? path : operation.path}`;
}

const named = (rows: readonly OperationDescriptor[]) =>
  rows.map(
    (operation) => [`${operation.api} ${operation.version} ${operation.operationId}`, operation] as const,
  );

describe('the contract with Amazon, from its models', () => {
  it('is about 370 operations', () => {
    expect(operations).toHaveLength(370);
  });

  it.each(named(scripted))(
    '%s: method, path, query, headers, body and token are in their places, and each success is understood',
    async (_, operation) => {
      for (const status of operation.successCodes) {
        recorder.answer = () => ({ status, body: { anAnswer: status } });
        recorder.take();
        const params = sampleParams(operation, world);
        const answer = await call(operation, params);
        expect(answer).toEqual(status === 204 ? undefined : { anAnswer: status });
        const [request, ...others] = recorder.take() as [Recorded];
        expect(others).toEqual([]);
        expect(request.method).toBe(operation.method);
        const { body, ...flat } = params;
        const { read, strangers } = asAmazonReads(operation, request);
        expect(strangers).toEqual([]);
        expect(read).toEqual(
          Object.fromEntries(Object.entries(flat).map(([key, one]) => [key, asText(one)])),
        );
        const sent = request.body.length === 0 ? undefined : request.json();
        expect(sent).toEqual(operation.method === 'GET' ? undefined : body);
        expect(request.headers['content-type']).toBe(sent === undefined ? undefined : 'application/json');
        expect(request.headers.accept).toContain(operation.produces?.[0] ?? 'application/json');
        expect(request.headers['x-amz-access-token']).toBe(expectedToken(operation, request));
        expect(request.headers['x-amz-date']).toMatch(/^\d{8}T\d{6}Z$/);
        expect(request.headers['user-agent']).toMatch(/^[\w.-]+\/[\w.-]+ \(.*Language=/);
      }
    },
  );

  it('takes a token from every limit of the operation, and from no other', async () => {
    // With Amazon's own limits, each called once: no burst is smaller than one.
    recorder.answer = () => ({ body: {} });
    // One of them is needed for each restricted operation, and is not what this is about.
    const connector = recorder.connect({
      accountId: 'limits',
      sellerId: 'A2LIMITS',
      clientId: 'client-2',
      limits: { 'tokens.createRestrictedDataToken': { ratePerSecond: 100, burst: 100 } },
    });
    for (const { api, version, operationId, ...rest } of scripted) {
      const operation = { api, version, operationId, ...rest };
      await connector.call({ api, version, operationId }, sampleParams(operation, world));
    }
    const used = new Map((await connector.limits()).map((limit) => [limit.label, limit]));
    const subject = { ...connector.config, clientId: 'client-2' };
    for (const operation of scripted) {
      const holder = grantlessScope(operation) === undefined ? 'limits' : 'application';
      const limit = used.get(`${operationName(operation)}@${holder}`);
      expect([operationName(operation), limit?.ratePerSecond, limit?.burst]).toEqual([
        operationName(operation),
        operation.rate ?? 0.5,
        operation.burst ?? 1,
      ]);
      const plans = usagePlans(operation, subject, { environment: 'production', overrides: {} });
      const shared = applicationLimits.some(
        (row) => row.operationId === operation.operationId && row.version === operation.version,
      );
      expect([operationName(operation), plans.length]).toEqual([operationName(operation), shared ? 2 : 1]);
    }
  });
});

const amazonError = (code: string, message: string, details = ''): Answer['body'] => ({
  errors: [{ code, message, details }],
});

/** An answer of each documented kind, and what it must become. */
const documented: Readonly<Record<number, readonly [Answer['body'], string, string]>> = {
  400: [amazonError('InvalidInput', 'The input is wrong.'), 'ValidationError', 'VALIDATION_FAILED'],
  401: [amazonError('Unauthorized', 'Who are you?'), 'AuthenticationError', 'AUTH_TOKEN_REJECTED'],
  403: [
    amazonError('Unauthorized', 'Access to requested resource is denied.'),
    'AuthenticationError',
    'AUTH_DENIED',
  ],
  404: [amazonError('NotFound', 'There is none.'), 'NotFoundError', 'NOT_FOUND'],
  408: [amazonError('Timeout', 'It took too long.'), 'RemoteError', 'REMOTE_FAILED'],
  409: [amazonError('Conflict', 'Somebody was faster.'), 'RemoteError', 'REMOTE_CONFLICT'],
  410: [amazonError('Gone', 'No longer.'), 'NotFoundError', 'NOT_FOUND'],
  413: [amazonError('TooLarge', 'Too much.'), 'ValidationError', 'VALIDATION_FAILED'],
  415: [amazonError('UnsupportedMediaType', 'What is that?'), 'ValidationError', 'VALIDATION_FAILED'],
  422: [amazonError('Unprocessable', 'Understood, but no.'), 'ValidationError', 'VALIDATION_FAILED'],
  500: [amazonError('InternalFailure', 'Sorry.'), 'RemoteError', 'REMOTE_FAILED'],
  503: ['<html><body>Service Unavailable</body></html>', 'RemoteError', 'REMOTE_FAILED'],
  504: ['<html><body>Gateway Timeout</body></html>', 'RemoteError', 'REMOTE_FAILED'],
  // Last, since a 429 leaves the buckets empty.
  429: [
    amazonError('QuotaExceeded', 'You exceeded your quota for the requested resource.'),
    'RateLimitError',
    'RATE_LIMITED',
  ],
};

const codes = [...new Set([...operations.flatMap(({ errorCodes }) => errorCodes), 504])]
  .sort((a, b) => a - b)
  .filter((code) => code !== 429)
  .concat(429);

describe('errors', () => {
  it.each(codes)('a %d becomes the same error at every operation that documents it', async (status) => {
    const [body, name, code] = documented[status] ?? [];
    const headers = { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' };
    recorder.answer = () => ({ status, body, headers });
    const wrong: string[] = [];
    let calls = 0;
    for (const operation of scripted) {
      // A 504 comes from Amazon's gateway, whatever the model says.
      if (status !== 504 && !operation.errorCodes.includes(status)) continue;
      calls++;
      const error = await call(operation)
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
        (status < 500 ||
          (error.details?.outcome === 'unknown') ===
            !isIdempotent(operation, sampleParams(operation, world)));
      if (!right) wrong.push(`${operationName(operation)}: ${JSON.stringify(error)} ${String(error)}`);
    }
    expect(calls).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });
});
