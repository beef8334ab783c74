import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@fluxori/core';
import { authorize } from '../checks/authorization.js';
import { readParameters } from '../checks/parameters.js';
import { parseQuery, type Query } from '../checks/query-string.js';
import { parseBody, receiveBody } from '../checks/request-body.js';
import { checkRequestHeaders } from '../checks/request-headers.js';
import { checkRegion, checkSellerAccess } from '../checks/seller-access.js';
import type { Counters, Outcome, SeenRequest } from '../counters/counters.js';
import type { Disturbance } from '../faults/disturbance.js';
import type { RequestFaults } from '../faults/request-faults.js';
import type { RateLimiter } from '../limits/rate-limiter.js';
import type { TokenClaims } from '../lwa/access-tokens.js';
import type { Application } from '../lwa/application.js';
import type { Implementation, OperationCall, Surroundings } from '../operation/implementation.js';
import { plainAnswerOf } from '../operation/plain-answer.js';
import type { OperationRouter, RoutedOperation } from '../router/operation-router.js';
import type { Region } from '../world/marketplaces.js';
import type { Seller } from '../world/seller.js';
import { type Answer, cutConnection, gatewayError, sendAnswer } from './answer.js';
import { accessDenied, errorTypeOf, quotaExceeded, Refusal } from './refusal.js';

export interface GatewayParts extends Surroundings {
  readonly region: Region;
  readonly router: OperationRouter;
  readonly limiter: RateLimiter;
  readonly counters: Counters;
  readonly faults: RequestFaults;
  readonly applications: ReadonlyMap<string, Application>;
  readonly implementations: ReadonlyMap<string, Implementation>;
  readonly logger: Logger;
  readonly sleep: (ms: number) => Promise<void>;
}

/** A request that may be done: everything that is known from its first bytes. */
interface Admitted {
  readonly operation: RoutedOperation;
  readonly path: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly application: Application;
  readonly seller: Seller | undefined;
  readonly claims: TokenClaims;
  readonly dataElements: readonly string[];
}

/** The door of one region: route, headers, token, quota, parameters, access, and then the operation itself. */
export class Gateway {
  readonly #parts: GatewayParts;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#serve(request, response).catch((error: unknown) => {
      this.#parts.logger.error({ error: String(error), url: request.url }, 'sandbox: a request failed');
      cutConnection(response);
    });
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { counters, faults, region, router } = this.#parts;
    const method = request.method ?? 'GET';
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const search = mark < 0 ? '' : url.slice(mark + 1);
    const route = router.find(method, path);
    const operation = route.kind === 'match' ? route.match.value : undefined;
    const seen: SeenRequest = {
      operation: operation?.key ?? 'unknown',
      method,
      path,
      query: search,
      parameters: namesOf(search),
      region,
      auth: request.headers['x-amz-access-token'] === undefined ? 'none' : 'refused',
    };
    const requestId = randomUUID();
    // All that the first bytes tell is judged at once, so that a token of the quota is taken on arrival.
    const judged = this.#judge(
      request,
      seen,
      path,
      search,
      operation,
      route.kind === 'match' ? route.match.parameters : {},
    );
    const disturbance = faults.disturb({ operation: seen.operation, sellerId: seen.sellerId, region });
    if (disturbance.latencyMs > 0) await this.#parts.sleep(disturbance.latencyMs);
    const outcome = await this.#finish(request, response, judged, requestId, disturbance);
    counters.record(seen, outcome);
    this.#parts.logger.debug(
      { operation: seen.operation, seller: seen.sellerId, region, requestId, ...outcome },
      'sandbox: request',
    );
  }

  async #finish(
    request: IncomingMessage,
    response: ServerResponse,
    judged: Admitted | Refusal,
    requestId: string,
    disturbance: Readonly<Disturbance>,
  ): Promise<Outcome> {
    if (disturbance.drop === 'before') {
      cutConnection(response);
      return { cut: 'before' };
    }
    const base = { 'x-amzn-requestid': requestId, 'x-amz-apigw-id': requestId.slice(0, 8) };
    const { error } = disturbance;
    if (error?.when === 'before') {
      request.resume();
      await sendAnswer(response, gatewayError(error.status, error.html, base), disturbance);
      return { status: error.status };
    }
    const answer = await this.#answer(request, judged, requestId, base);
    if (disturbance.drop === 'after') {
      cutConnection(response);
      return { status: answer.status, cut: 'after' };
    }
    if (error !== undefined) {
      await sendAnswer(response, gatewayError(error.status, error.html, base), disturbance);
      return { status: error.status };
    }
    const sent = await sendAnswer(response, answer, disturbance);
    return sent === 'whole' ? { status: answer.status } : { status: answer.status, cut: 'mid-body' };
  }

  /** Everything up to the quota. Fills in who asks, as far as it is known. */
  #judge(
    request: IncomingMessage,
    seen: SeenRequest,
    path: string,
    search: string,
    operation: RoutedOperation | undefined,
    pathParameters: Readonly<Record<string, string>>,
  ): Admitted | Refusal {
    const { applications, limiter, region, tokens, world } = this.#parts;
    try {
      checkRequestHeaders(request);
      const token = request.headers['x-amz-access-token'] as string | undefined;
      // API Gateway knows no path that it does not serve, and says the same 403 as for a missing permission.
      if (operation === undefined) throw accessDenied('There is no such operation: check method and path.');
      const { claims, dataElements } = authorize(tokens, token, operation, path);
      seen.auth = claims.kind;
      const seller = claims.kind === 'grantless' ? undefined : world.seller(claims.sellerId);
      const application = applications.get(claims.clientId);
      if (application === undefined || (seller === undefined && claims.kind !== 'grantless'))
        throw accessDenied('The access token you provided is revoked, malformed or invalid.');
      if (seller !== undefined) {
        seen.sellerId = seller.sellerId;
        checkRegion(seller, region);
      }
      const caller = {
        applicationId: application.applicationId,
        region,
        ...(seller === undefined ? {} : { sellerId: seller.sellerId }),
      };
      if (!limiter.admit(caller, operation.descriptor, operation.key)) return quotaExceeded;
      const query = parseQuery(search);
      return { operation, path: pathParameters, query, application, seller, claims, dataElements };
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  async #answer(
    request: IncomingMessage,
    judged: Admitted | Refusal,
    requestId: string,
    base: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    if (judged instanceof Refusal) {
      request.resume();
      return refusalAnswer(judged, base);
    }
    const { descriptor, key } = judged.operation;
    const limit = { 'x-amzn-ratelimit-limit': rateText(this.#parts.limiter.planOf(descriptor, key).rate) };
    try {
      const body = await this.#perform(request, judged, requestId);
      const status = descriptor.successCodes[0] ?? 200;
      const headers = { ...base, ...limit };
      if (status === 204 || body === undefined) return { status, headers };
      const contentType = descriptor.produces?.[0] ?? 'application/json';
      return { status, headers: { ...headers, 'content-type': contentType }, body: JSON.stringify(body) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const tells = error.status === 400 || error.status === 404;
      return refusalAnswer(error, tells ? { ...base, ...limit } : base);
    }
  }

  async #perform(request: IncomingMessage, admitted: Admitted, requestId: string): Promise<unknown> {
    const { descriptor, key } = admitted.operation;
    const { region, implementations } = this.#parts;
    const text = request.method === 'GET' ? '' : await receiveBody(request);
    const parameters = readParameters(descriptor, admitted.path, admitted.query, request.headers);
    const body = parseBody(descriptor, request.headers['content-type'], text);
    const { seller } = admitted;
    if (seller !== undefined) checkSellerAccess(seller, region, parameters, body);
    const implementation = implementations.get(key);
    if (implementation === undefined || seller === undefined) return plainAnswerOf(descriptor);
    const { world, pages, tokens, now, settleMs, orderPageTokenLifetimeMs, inventoryPageTokenLifetimeMs } =
      this.#parts;
    const call: OperationCall<unknown> = {
      ...{ world, pages, tokens, now, settleMs, orderPageTokenLifetimeMs, inventoryPageTokenLifetimeMs },
      params: body === undefined ? parameters : { ...parameters, body },
      seller,
      application: admitted.application,
      region,
      requestId,
      dataElements: admitted.dataElements,
    };
    return implementation.run(call as OperationCall<never>);
  }
}

function refusalAnswer(refusal: Refusal, headers: Readonly<Record<string, string>>): Answer {
  return {
    status: refusal.status,
    headers: {
      ...headers,
      'content-type': 'application/json',
      'x-amzn-errortype': errorTypeOf(refusal.status),
    },
    body: JSON.stringify({ errors: refusal.errors }),
  };
}

/** Amazon writes whole rates with a decimal: `2.0`. */
function rateText(rate: number): string {
  return Number.isInteger(rate) ? `${rate}.0` : String(rate);
}

function namesOf(search: string): readonly string[] {
  if (search === '') return [];
  const names = search.split('&').map((pair) => pair.split('=', 1)[0] as string);
  return [...new Set(names)].sort();
}
