import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@fluxori/core';
import { authorize, denials } from '../checks/authorization.js';
import { readParameters } from '../checks/parameters.js';
import { parseQuery } from '../checks/query-string.js';
import { parseBody, receiveBody } from '../checks/request-body.js';
import { checkHttp, checkUserAgent } from '../checks/request-headers.js';
import { checkRegion, checkSellerAccess } from '../checks/seller-access.js';
import type { Counters, Outcome, SeenRequest } from '../counters/counters.js';
import { type Disturbance, undisturbed } from '../faults/disturbance.js';
import { probeOperation, unknownOperation } from '../faults/operation-filter.js';
import type { RequestFaults } from '../faults/request-faults.js';
import type { RateLimiter } from '../limits/rate-limiter.js';
import type { Application } from '../lwa/application.js';
import type { Implementation, OperationCall, Surroundings } from '../operation/implementation.js';
import { plainAnswerOf } from '../operation/plain-answer.js';
import type { OperationRouter, RoutedOperation } from '../router/operation-router.js';
import type { RouteMatch } from '../router/path-trie.js';
import type { Region } from '../world/marketplaces.js';
import type { Seller } from '../world/seller.js';
import { type Answer, cutConnection, gatewayError, sendAnswer } from './answer.js';
import { EdgeRefusal, edgePage } from './edge.js';
import { accessDenied, errorTypeOf, noSuchRoute, quotaExceeded, Refusal } from './refusal.js';

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

/** A request of which is known what it wants and who asks. */
interface Identified {
  readonly operation: RoutedOperation;
  readonly path: Readonly<Record<string, string>>;
  readonly application: Application;
  readonly seller: Seller | undefined;
  readonly dataElements: readonly string[];
}

/** A request within its quota. */
interface Admitted extends Identified {
  readonly search: string;
}

type RequestIdHeaders = { readonly 'x-amzn-RequestId': string; readonly 'x-amz-apigw-id': string };

/** The door of one region: route, headers, token, quota, parameters, access, and then the operation itself. */
export class Gateway {
  readonly #parts: GatewayParts;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#serve(request, response).catch((error: unknown) => {
      // A connection that the other side gave up, and the sandbox's own closing, are nobody's fault.
      if (!response.destroyed)
        this.#parts.logger.error(
          { error: String(error), operation: request.url },
          'sandbox: a request failed',
        );
      cutConnection(response);
    });
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { counters, faults, logger, region, router } = this.#parts;
    const method = request.method ?? 'GET';
    const url = request.url ?? '/';
    if (method === 'HEAD' && url === '/') return this.#probe(response);
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const search = mark < 0 ? '' : url.slice(mark + 1);
    const route = router.find(method, path);
    const seen: SeenRequest = {
      operation: route.kind === 'match' ? route.match.value.key : unknownOperation,
      method,
      path,
      query: search,
      parameters: namesOf(search),
      region,
      auth: request.headers['x-amz-access-token'] === undefined ? 'none' : 'refused',
    };
    const identified = this.#identify(request, seen, path, route.kind === 'match' ? route.match : undefined);
    const disturbance = faults.disturb({ operation: seen.operation, sellerId: seen.sellerId, region });
    // What is lost on the way costs nothing; all else takes its token of the quota now, however late the answer is.
    const judged = disturbance.drop === 'before' ? identified : this.#admit(identified, search);
    let outcome: Outcome = { cut: 'before' };
    try {
      if (disturbance.latencyMs > 0) await this.#parts.sleep(disturbance.latencyMs);
      if (disturbance.drop === 'before') cutConnection(response);
      else outcome = await this.#finish(request, response, judged as Admitted | Refusal, disturbance);
    } finally {
      counters.record(seen, outcome);
    }
    logger.debug(
      { operation: seen.operation, seller: seen.sellerId, region, ...outcome },
      'sandbox: request',
    );
  }

  /** A bare `HEAD /` asks only whether the host is alive. */
  async #probe(response: ServerResponse): Promise<void> {
    this.#parts.counters.probe();
    const { drop, error, latencyMs } = this.#parts.faults.disturb({
      operation: probeOperation,
      region: this.#parts.region,
    });
    if (latencyMs > 0) await this.#parts.sleep(latencyMs);
    if (drop !== undefined) cutConnection(response);
    else
      await sendAnswer(response, { status: error?.status ?? 403, headers: requestIdHeaders() }, undisturbed);
  }

  async #finish(
    request: IncomingMessage,
    response: ServerResponse,
    judged: Admitted | Refusal,
    disturbance: Readonly<Disturbance>,
  ): Promise<Outcome> {
    const base = requestIdHeaders();
    const { error } = disturbance;
    if (error?.when === 'before') {
      request.resume();
      await sendAnswer(response, gatewayError(error.status, error.html, base), disturbance);
      return { status: error.status };
    }
    const answer = await this.#answer(request, judged, base);
    const { status } = answer;
    const acted = status < 300;
    if (disturbance.drop === 'after') {
      cutConnection(response);
      return { status, acted, cut: 'after' };
    }
    if (error !== undefined) {
      await sendAnswer(response, gatewayError(error.status, error.html, base), disturbance);
      return { status: error.status, acted };
    }
    const sent = await sendAnswer(response, answer, disturbance);
    return sent === 'whole' ? { status, acted } : { status, acted, cut: 'mid-body' };
  }

  /** Headers, route and token. Notes who asks, as far as it is known. */
  #identify(
    request: IncomingMessage,
    seen: SeenRequest,
    path: string,
    match: RouteMatch<RoutedOperation> | undefined,
  ): Identified | Refusal {
    const { applications, region, tokens, world } = this.#parts;
    try {
      checkHttp(request);
      if (match === undefined) throw noSuchRoute();
      checkUserAgent(request);
      const token = request.headers['x-amz-access-token'] as string | undefined;
      const { claims, dataElements } = authorize(tokens, token, match.value, path);
      seen.auth = claims.kind;
      const seller = claims.kind === 'grantless' ? undefined : world.seller(claims.sellerId);
      const application = applications.get(claims.clientId);
      if (application === undefined || (seller === undefined && claims.kind !== 'grantless'))
        throw accessDenied(denials.invalid);
      if (seller !== undefined) {
        seen.sellerId = seller.sellerId;
        checkRegion(seller, region);
      }
      return { operation: match.value, path: match.parameters, application, seller, dataElements };
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  /** The quota. */
  #admit(identified: Identified | Refusal, search: string): Admitted | Refusal {
    if (identified instanceof Refusal) return identified;
    const { application, operation, seller } = identified;
    const caller = {
      applicationId: application.applicationId,
      region: this.#parts.region,
      ...(seller === undefined ? {} : { sellerId: seller.sellerId }),
    };
    const admitted = this.#parts.limiter.admit(caller, operation.descriptor, operation.key);
    return admitted ? { ...identified, search } : quotaExceeded;
  }

  async #answer(
    request: IncomingMessage,
    judged: Admitted | Refusal,
    base: RequestIdHeaders,
  ): Promise<Answer> {
    if (judged instanceof Refusal) {
      request.resume();
      return refusalAnswer(judged, base);
    }
    const { descriptor, key } = judged.operation;
    const limit = { 'x-amzn-RateLimit-Limit': rateText(this.#parts.limiter.planOf(descriptor, key).rate) };
    try {
      const body = await this.#perform(request, judged, base['x-amzn-RequestId']);
      const status = descriptor.successCodes[0] ?? 200;
      const headers = { ...base, ...limit };
      if (status === 204 || body === undefined) return { status, headers };
      const contentType = descriptor.produces?.[0] ?? 'application/json';
      return { status, headers: { ...headers, 'Content-Type': contentType }, body: JSON.stringify(body) };
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
    const query = parseQuery(admitted.search);
    const parameters = readParameters(descriptor, admitted.path, query, request.headers);
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
  if (refusal instanceof EdgeRefusal)
    return { status: 400, headers: { 'Content-Type': 'text/html', Connection: 'close' }, body: edgePage };
  return {
    status: refusal.status,
    headers: {
      ...headers,
      'Content-Type': 'application/json',
      'x-amzn-ErrorType': errorTypeOf(refusal.status),
    },
    body: JSON.stringify({ errors: refusal.errors }),
  };
}

function requestIdHeaders(): RequestIdHeaders {
  const requestId = randomUUID();
  return { 'x-amzn-RequestId': requestId, 'x-amz-apigw-id': requestId.slice(0, 8) };
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
