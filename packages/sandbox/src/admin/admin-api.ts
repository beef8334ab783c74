import { isFluxoriError } from '@fluxori/core';
import { z } from 'zod';
import type { Fault } from '../faults/fault.js';
import type { Sandbox } from '../sandbox.js';
import { orderStatuses } from '../world/order.js';
import { routeWork, workRoutes } from './work-routes.js';

export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
}

const status = z.enum(orderStatuses as [(typeof orderStatuses)[number], ...(typeof orderStatuses)[number][]]);
const at = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .optional();

const newOrders = z.strictObject({
  count: z.int().min(1).max(100_000).default(1),
  sellerId: z.string().optional(),
  at,
  status: status.optional(),
});
const orderChange = z.strictObject({ sellerId: z.string().optional(), status: status.optional(), at });
const stockSale = z.strictObject({
  sku: z.string(),
  quantity: z.int().min(1),
  sellerId: z.string().optional(),
  marketplaceId: z.string().optional(),
  at,
});
const newPlan = z.strictObject({
  rate: z.number().positive(),
  burst: z.int().min(1),
  sellerId: z.string().optional(),
});
const authorization = z.strictObject({ sellerId: z.string().optional() });

const consent = z.strictObject({
  url: z.url(),
  answer: z.enum(['confirm', 'cancel']).optional(),
  sellerId: z.string().optional(),
});

/** What the admin URL understands. Everything in and out is JSON. */
export async function answerAdmin(
  sandbox: Sandbox,
  method: string,
  path: string,
  body: unknown,
): Promise<AdminAnswer> {
  try {
    return await route(sandbox, method, path, body);
  } catch (error) {
    if (error instanceof z.ZodError) return problem(400, z.prettifyError(error));
    if (isFluxoriError(error)) return problem(error.code === 'NOT_FOUND' ? 404 : 400, error.message);
    throw error;
  }
}

async function route(sandbox: Sandbox, method: string, path: string, body: unknown): Promise<AdminAnswer> {
  const [room, id] = path.split('/').slice(1).map(decodeURIComponent);
  const named = `${method} /${room}${id === undefined ? '' : '/:id'}`;
  const done = await routeWork(sandbox, named, id, body);
  if (done !== undefined) return done;
  switch (named) {
    case 'GET /':
      return ok({ endpoints: sandbox.endpoints, seed: sandbox.seed, epoch: sandbox.epoch, routes });
    case 'GET /counters':
      return ok(sandbox.counters());
    case 'POST /counters/:id':
      if (id !== 'reset') break;
      sandbox.resetCounters();
      return ok({});
    case 'GET /buckets':
      return ok(sandbox.buckets());
    case 'PUT /plans/:id': {
      const { sellerId, ...plan } = newPlan.parse(body);
      sandbox.setPlan(id as string, plan, sellerId);
      return ok({});
    }
    case 'POST /buckets/:id':
      if (id !== 'refill') break;
      sandbox.refillBuckets();
      return ok({});
    case 'GET /faults':
      return ok(sandbox.faults.list());
    case 'POST /faults':
      return { status: 201, body: { id: await sandbox.faults.set(body as Fault) } };
    case 'DELETE /faults':
      await sandbox.faults.clear();
      return ok({});
    case 'DELETE /faults/:id':
      await sandbox.faults.clear(id);
      return ok({});
    case 'GET /state':
      return ok(sandbox.state());
    case 'GET /credentials':
      return ok(sandbox.accounts);
    case 'POST /orders':
      return { status: 201, body: { orderIds: sandbox.addOrders(newOrders.parse(body ?? {})) } };
    case 'PATCH /orders/:id':
      sandbox.updateOrder(id as string, orderChange.parse(body ?? {}));
      return ok({});
    case 'POST /sales':
      return ok({ left: sandbox.sellStock(stockSale.parse(body)) });
    case 'POST /authorizations':
      return {
        status: 201,
        body: { code: sandbox.authorizationCode(authorization.parse(body ?? {}).sellerId) },
      };
    case 'POST /consents': {
      const { url, answer, sellerId } = consent.parse(body);
      return { status: 201, body: { location: sandbox.consent(url, answer, sellerId) } };
    }
    default:
  }
  return problem(404, `There is no ${method} ${path}. Known: ${routes.join(', ')}.`);
}

const routes = [
  'GET /counters',
  'POST /counters/reset',
  'GET /buckets',
  'POST /buckets/refill',
  'PUT /plans/{operation}',
  'GET /faults',
  'POST /faults',
  'DELETE /faults',
  'DELETE /faults/{id}',
  'GET /state',
  'GET /credentials',
  'POST /orders',
  'PATCH /orders/{id}',
  'POST /sales',
  'POST /authorizations',
  'POST /consents',
  ...workRoutes,
];

function ok(body: unknown): AdminAnswer {
  return { status: 200, body };
}

function problem(httpStatus: number, message: string): AdminAnswer {
  return { status: httpStatus, body: { error: message } };
}
