import { operations, type ParameterDescriptor } from '@fluxori/amazon-sp-models';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grantlessOperations } from '../checks/grantless-operations.js';
import { dataElementsOf, restrictedOperations } from '../checks/restricted-operations.js';
import { operationKey } from '../operation/operation-key.js';
import type { Sandbox } from '../sandbox.js';
import { startSandbox } from '../start-sandbox.js';
import { Wire } from '../testing/wire.js';
import { implementations } from './implementations.js';

const marketplaceId = 'AE08WJ6YKNBMC';
const implemented = new Set(implementations.map((one) => one.key));

/** Values for patterns that no simple guess meets. */
const samples: Readonly<Record<string, string>> = {
  '^AFTN\\d+$': 'AFTN1',
  '^[0-9\\-]+$': '028-0000000-0000000',
  '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}':
    '00000000-0000-4000-8000-000000000000',
};

function plausible(parameter: ParameterDescriptor, sellerId: string): string {
  const shape = { ...parameter, ...(parameter.items ?? {}) };
  const name = parameter.name.toLowerCase();
  if (name.startsWith('marketplaceid')) return marketplaceId;
  if (name === 'sellerid') return sellerId;
  if (shape.enum?.[0] !== undefined) return String(shape.enum[0]);
  if (shape.format === 'date-time') return '2026-11-01T00:00:00Z';
  if (shape.format === 'date') return '2026-11-01';
  if (shape.type === 'integer' || shape.type === 'number') return String(shape.minimum ?? 1);
  if (shape.type === 'boolean') return 'true';
  const sample = (shape.pattern && samples[shape.pattern]) ?? 'A1';
  return sample.padEnd(shape.minLength ?? 0, '1');
}

describe('Every operation of the table', () => {
  let sandbox: Sandbox;
  let wire: Wire;

  beforeAll(async () => {
    sandbox = await startSandbox({ orders: 5, skus: 5, rateLimits: false });
    wire = new Wire(sandbox);
  });
  afterAll(() => sandbox.close());

  async function tokenFor(key: string, method: string, path: string): Promise<string> {
    const scope = grantlessOperations[key];
    if (scope !== undefined) return wire.grantless(scope);
    if (restrictedOperations[key] !== 'token') return wire.token();
    const dataElements = dataElementsOf[key];
    const resource = { method, path, ...(dataElements ? { dataElements } : {}) };
    const answer = await wire.call({
      method: 'POST',
      path: '/tokens/2021-03-01/restrictedDataToken',
      body: { restrictedResources: [resource] },
    });
    expect(answer.status).toBe(200);
    return answer.json.restrictedDataToken;
  }

  it('is there: all 370 of them', () => {
    expect(operations).toHaveLength(370);
    expect(new Set(operations.map(operationKey)).size).toBe(370);
  });

  it.each(operations.map((operation) => [operationKey(operation), operation] as const))(
    '%s is routed, checked and answered',
    async (key, operation) => {
      const { sellerId } = sandbox.credentials;
      const required = operation.parameters.filter((parameter) => parameter.required);
      const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
        const parameter = operation.parameters.find((one) => one.in === 'path' && one.name === name);
        if (parameter === undefined)
          throw new Error(`${key}: the path has {${name}}, the parameters have not.`);
        return encodeURIComponent(plausible(parameter, sellerId));
      });
      const query = Object.fromEntries(
        required.filter((one) => one.in === 'query').map((one) => [one.name, plausible(one, sellerId)]),
      );
      const headers = Object.fromEntries(
        required.filter((one) => one.in === 'header').map((one) => [one.name, plausible(one, sellerId)]),
      );
      const body = operation.parameters.find((one) => one.in === 'body');
      const token = await tokenFor(key, operation.method, path);
      const request = { method: operation.method, path, token };
      const contentType = operation.consumes?.[0];
      const full = {
        ...request,
        query,
        headers: { ...headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
        ...(body === undefined ? {} : { body: body.type === 'array' ? [] : {} }),
      };
      const answer = await wire.call(full);
      // Operations with behaviour of their own look into bodies and ids; the others have nothing to look at.
      if (implemented.has(key)) expect([200, 204, 400, 404]).toContain(answer.status);
      else {
        expect([key, answer.status]).toEqual([key, operation.successCodes[0]]);
        if (answer.status === 204) expect(answer.text).toBe('');
        else expect(typeof answer.json).toBe('object');
      }
      expect((await wire.call({ ...full, token: null })).status).toBe(403);
      expect((await wire.call({ ...full, query: { ...query, unheardOf: '1' } })).status).toBe(400);
      const needsQuery = required.some((one) => one.in === 'query' || one.in === 'header');
      if (needsQuery) expect((await wire.call({ ...full, query: {}, headers: {} })).status).toBe(400);
    },
  );

  it('is counted under its own name', () => {
    const { operations: counted } = sandbox.counters();
    const keys = operations.map(operationKey);
    expect(keys.filter((key) => !((counted[key]?.requests ?? 0) > 0))).toEqual([]);
  });

  it('answers with the success code and, where the model has one, the payload', async () => {
    const { json } = await wire.get('/fba/inbound/v1/eligibility/itemPreview', {
      asin: 'B000000001',
      program: 'INBOUND',
    });
    expect(json).toEqual({ payload: {} });
  });
});
