import { type ApiName, type OperationDescriptor, operations } from '@fluxori/amazon-sp-models';
import { type FluxoriError, isFluxoriError, type Order } from '@fluxori/core';
import type { DistinctRequest } from '@fluxori/sandbox';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectToSandbox, noWaiting, type Sandboxed } from '../testing/connect-to-sandbox.js';
import { sampleParams } from '../testing/sample-params.js';
import { sampleWork } from '../testing/sample-work.js';
import type { SampleIds, SampleWorld } from '../testing/sample-world.js';
import { grantlessScope } from './auth/grantless-operations.js';
import { restrictedOperation } from './auth/restricted-operations.js';
import { escapeText } from './pipeline/build-request.js';
import { operationName } from './pipeline/operation-name.js';

const hour = { queueMs: 3_600_000, progressMs: 1 };
const slowly = { reports: hour, feeds: hour, dataKiosk: hour };

let open: Sandboxed;
let world: SampleWorld;
const seen = new Map<OperationDescriptor, readonly DistinctRequest[]>();
const failures = new Map<OperationDescriptor, unknown>();

/**
 * APIs whose sandbox keeps track of what was begun and refuses what does not fit, so that a sample out of nothing is refused rightly: their sections'
 * own tests go through them step by step. Here the refusal is the answer that must come back.
 */
const stepByStep: readonly ApiName[] = [
  'fulfillmentInbound',
  'fulfillmentOutbound',
  'merchantFulfillment',
  'messaging',
  'shipmentInvoicing',
  'solicitations',
];

beforeAll(async () => {
  open = await connectToSandbox({
    config: noWaiting.connector,
    // What is asked for stays in its queue, where it can be cancelled.
    sandbox: { ...noWaiting.sandbox, orders: 60, skus: 30, ...slowly },
  });
  const { connector, sandbox } = open;
  world = await someWorld();
  for (const operation of operations) {
    sandbox.resetCounters();
    const { api, operationId, version } = operation;
    const answer = await connector
      .call({ api, operationId, version }, sampleParams(operation, world))
      .catch((error: unknown) => {
        failures.set(operation, error);
      });
    world = { ...world, ids: { ...world.ids, ...spareOf(operation, answer) } };
    seen.set(
      operation,
      sandbox.counters().distinct.filter((one) => isNoTokenOf(operation, one)),
    );
  }
});

afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
});

/** Restricted operations fetch their token first; that is another operation's request. */
function isNoTokenOf(operation: OperationDescriptor, request: DistinctRequest): boolean {
  return operation.api === 'tokens' || !request.operation.startsWith('tokens.');
}

/** What was just made is what may be deleted, while the others are still asked about. */
function spareOf({ operationId }: OperationDescriptor, answer: unknown): SampleIds {
  const made = (answer ?? {}) as { payload?: { destinationId: string }; reportScheduleId?: string };
  if (operationId === 'createDestination') return { spareDestinationId: made.payload?.destinationId ?? '' };
  if (operationId === 'createReportSchedule') return { spareScheduleId: made.reportScheduleId ?? '' };
  return {};
}

function isRefusal(operation: OperationDescriptor): boolean {
  const error = failures.get(operation);
  if (!stepByStep.includes(operation.api) || !isFluxoriError(error)) return false;
  const { name, details, operation: told, account, requestId } = error as FluxoriError;
  expect([told, account, typeof requestId]).toEqual([operationName(operation), 'acme-za', 'string']);
  expect(['ValidationError', 'NotFoundError', 'RemoteError', 'AuthenticationError']).toContain(name);
  expect(operation.errorCodes).toContain(details?.status);
  return true;
}

async function someWorld(): Promise<SampleWorld> {
  const { connector, sandbox } = open;
  const { sellerId, marketplaceId } = sandbox.credentials;
  const orders: Order[] = [];
  for await (const order of connector.orders.list({ placedSince: new Date('2020-01-01') }))
    orders.push(order);
  const order = orders.find((one) => one.status === 'unshipped' && one.fulfilledBy === 'seller') as Order;
  const item = order.items[0] as Order['items'][number];
  const [stock] = (await connector.inventory.page({ fulfilledBy: 'marketplace' })).items;
  return {
    sellerId,
    marketplaceId,
    orderId: order.orderId,
    orderItemId: item.orderItemId,
    quantity: item.quantityOrdered,
    sku: item.sku as string,
    asin: item.productId as string,
    fbaSku: stock?.sku as string,
    ids: await sampleWork(connector, sandbox),
  };
}

/** The path that Amazon must see: every placeholder filled with its value, escaped. */
function expectedPath(operation: OperationDescriptor): string {
  const params = sampleParams(operation, world);
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const text = String(params[name]);
    const greedy = operation.parameters.find((one) => one.name === name)?.greedy;
    return greedy ? text.split('/').map(escapeText).join('/') : escapeText(text);
  });
}

function expectedAuth(operation: OperationDescriptor): string {
  if (grantlessScope(operation) !== undefined) return 'grantless';
  const restricted = restrictedOperation(operation);
  return restricted !== undefined && restricted.when === undefined ? 'rdt' : 'seller';
}

describe('every operation of the table, called once through the connector', () => {
  it('is the whole of the table', () => {
    expect(operations).toHaveLength(370);
    expect(seen.size).toBe(370);
  });

  it.each(
    operations.map(
      (operation) => [`${operation.api} ${operation.version} ${operation.operationId}`, operation] as const,
    ),
  )(
    '%s reaches Amazon with its method, path, parameters and token, and its answer comes back',
    (_, operation) => {
      const refused = isRefusal(operation);
      expect(refused ? undefined : failures.get(operation)).toBeUndefined();
      const requests = seen.get(operation) ?? [];
      expect(requests).toHaveLength(1);
      const params = sampleParams(operation, world);
      const inQuery = operation.parameters
        .filter((one) => one.in === 'query' && params[one.name] !== undefined)
        .map((one) => one.name);
      expect(requests[0]).toMatchObject({
        method: operation.method,
        path: expectedPath(operation),
        auth: expectedAuth(operation),
        region: 'eu',
        count: 1,
      });
      expect(requests[0]?.parameters).toEqual(expect.arrayContaining(inQuery));
      const [status] = Object.keys(requests[0]?.statuses ?? {});
      expect(refused ? operation.errorCodes : operation.successCodes).toContain(Number(status));
    },
  );
});
