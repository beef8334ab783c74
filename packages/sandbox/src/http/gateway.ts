import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@fluxori/core';
import type { Counters } from '../counters/counters.js';
import type { Outcome, SeenRequest } from '../counters/counts.js';
import { type Disturbance, undisturbed } from '../faults/disturbance.js';
import { probeOperation, unknownOperation } from '../faults/operation-filter.js';
import type { RequestFaults } from '../faults/request-faults.js';
import type { OperationRouter } from '../router/operation-router.js';
import { Admission, type AdmissionParts, type Admitted, type Identified } from './admission.js';
import { cutConnection, gatewayError, sendAnswer } from './answer.js';
import { Performer, type PerformerParts } from './performer.js';
import { quotaExceeded, Refusal } from './refusal.js';
import { refusalAnswer } from './refusal-answer.js';
import { requestIdHeaders } from './request-id.js';

export interface GatewayParts extends AdmissionParts, PerformerParts {
  readonly router: OperationRouter;
  readonly counters: Counters;
  readonly faults: RequestFaults;
  readonly logger: Logger;
  readonly sleep: (ms: number) => Promise<void>;
}

/** The door of one region: route, headers, token, quota, parameters, access, and then the operation itself. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #admission: Admission;
  readonly #performer: Performer;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#admission = new Admission(parts);
    this.#performer = new Performer(parts);
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
    const identified = this.#admission.identify(
      request,
      seen,
      path,
      route.kind === 'match' ? route.match : undefined,
    );
    const disturbance = faults.disturb({ operation: seen.operation, sellerId: seen.sellerId, region });
    // What is lost on the way costs nothing; all else takes its token of the quota now, however late the answer is.
    const judged = this.#judge(identified, search, disturbance);
    let outcome: Outcome = { cut: 'before' };
    try {
      if (disturbance.latencyMs > 0) await this.#parts.sleep(disturbance.latencyMs);
      if (disturbance.drop === 'before') cutConnection(response);
      else outcome = await this.#finish(request, response, judged, disturbance);
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

  #judge(
    identified: Identified | Refusal,
    search: string,
    { drop, throttle }: Readonly<Disturbance>,
  ): Admitted | Refusal {
    if (identified instanceof Refusal) return identified;
    return drop === 'before' || throttle ? quotaExceeded : this.#admission.admit(identified, search);
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
    if (judged instanceof Refusal) request.resume();
    const answer =
      judged instanceof Refusal
        ? refusalAnswer(judged, base)
        : await this.#performer.answer(request, judged, base, disturbance);
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
}

function namesOf(search: string): readonly string[] {
  if (search === '') return [];
  const names = search.split('&').map((pair) => pair.split('=', 1)[0] as string);
  return [...new Set(names)].sort();
}
