import type { IncomingMessage } from 'node:http';
import { readParameters } from '../checks/parameters.js';
import { parseQuery } from '../checks/query-string.js';
import { parseBody, receiveBody } from '../checks/request-body.js';
import { checkSellerAccess } from '../checks/seller-access.js';
import { type Disturbance, undisturbed } from '../faults/disturbance.js';
import type { RateLimiter } from '../limits/rate-limiter.js';
import type { Implementation, OperationCall, Surroundings } from '../operation/implementation.js';
import { plainAnswerOf } from '../operation/plain-answer.js';
import type { Region } from '../world/marketplaces.js';
import type { Admitted } from './admission.js';
import type { Answer } from './answer.js';
import { Refusal } from './refusal.js';
import { refusalAnswer } from './refusal-answer.js';
import type { RequestIdHeaders } from './request-id.js';

export interface PerformerParts extends Surroundings {
  readonly region: Region;
  readonly limiter: RateLimiter;
  readonly implementations: ReadonlyMap<string, Implementation>;
}

/** Does what an admitted request asks for: parameters, body and access are checked, then the operation runs. */
export class Performer {
  readonly #parts: PerformerParts;

  constructor(parts: PerformerParts) {
    this.#parts = parts;
  }

  /** @param disturbance - may leave the rate header out, or lie about a document. */
  async answer(
    request: IncomingMessage,
    admitted: Admitted,
    base: RequestIdHeaders,
    disturbance: Readonly<Disturbance> = undisturbed,
  ): Promise<Answer> {
    const { descriptor, key } = admitted.operation;
    const { rate } = this.#parts.limiter.planOf(descriptor, key, admitted.seller?.sellerId);
    const limit: Record<string, string> = disturbance.hideRate
      ? {}
      : { 'x-amzn-RateLimit-Limit': rateText(rate) };
    try {
      const body = await this.#perform(request, admitted, base['x-amzn-RequestId'], disturbance);
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

  async #perform(
    request: IncomingMessage,
    admitted: Admitted,
    requestId: string,
    disturbance: Readonly<Disturbance>,
  ): Promise<unknown> {
    const { descriptor, key } = admitted.operation;
    const { region, implementations } = this.#parts;
    const text = request.method === 'GET' ? '' : await receiveBody(request);
    const query = parseQuery(admitted.search);
    const parameters = readParameters(descriptor, admitted.path, query, request.headers);
    const body = parseBody(descriptor, request.headers['content-type'], text);
    const { seller } = admitted;
    if (seller !== undefined) checkSellerAccess(seller, region, parameters, body);
    const implementation = implementations.get(key);
    if (implementation === undefined || (seller === undefined && !implementation.grantless))
      return plainAnswerOf(descriptor);
    const { world, pages, tokens, desks, now, notify, settleMs } = this.#parts;
    const { orderPageTokenLifetimeMs, inventoryPageTokenLifetimeMs } = this.#parts;
    const call: OperationCall<unknown> = {
      ...{ world, pages, tokens, desks, now, notify, settleMs },
      ...{ orderPageTokenLifetimeMs, inventoryPageTokenLifetimeMs },
      params: body === undefined ? parameters : { ...parameters, body },
      // An operation without a seller has a type that shows none.
      seller: seller as OperationCall<unknown>['seller'],
      application: admitted.application,
      region,
      requestId,
      dataElements: admitted.dataElements,
      auth: admitted.auth,
      wrongLabel: disturbance.document?.wrongLabel ?? false,
    };
    return implementation.run(call as OperationCall<never>);
  }
}

/** Amazon writes whole rates with a decimal: `2.0`. */
function rateText(rate: number): string {
  return Number.isInteger(rate) ? `${rate}.0` : String(rate);
}
