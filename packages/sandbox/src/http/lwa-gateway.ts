import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@fluxori/core';
import { receiveBody } from '../checks/request-body.js';
import type { Counters } from '../counters/counters.js';
import { lwaOperation, probeOperation } from '../faults/operation-filter.js';
import type { RequestFaults } from '../faults/request-faults.js';
import type { LwaAnswer, TokenEndpoint } from '../lwa/token-endpoint.js';
import { cutConnection, gatewayError, sendAnswer } from './answer.js';

export interface LwaGatewayParts {
  readonly endpoint: TokenEndpoint;
  readonly counters: Counters;
  readonly faults: RequestFaults;
  readonly logger: Logger;
  readonly sleep: (ms: number) => Promise<void>;
}

/** The door of Login with Amazon: `POST /auth/o2/token` and nothing else. */
export class LwaGateway {
  readonly #parts: LwaGatewayParts;

  constructor(parts: LwaGatewayParts) {
    this.#parts = parts;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#serve(request, response).catch((error: unknown) => {
      this.#parts.logger.error({ error: String(error) }, 'sandbox: a token request failed');
      cutConnection(response);
    });
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { counters, endpoint, faults, sleep } = this.#parts;
    const headers = {
      'Content-Type': 'application/json;charset=UTF-8',
      'Cache-Control': 'no-store',
      Pragma: 'no-cache',
      'x-amzn-RequestId': randomUUID(),
    };
    const path = (request.url ?? '/').split('?')[0];
    if (request.method === 'HEAD') {
      counters.probe();
      const probed = faults.disturb({ operation: probeOperation });
      if (probed.drop !== undefined) cutConnection(response);
      else await sendAnswer(response, { status: probed.error?.status ?? 404, headers }, probed);
      return;
    }
    if (path !== '/auth/o2/token' || request.method !== 'POST') {
      request.resume();
      const status = path === '/auth/o2/token' ? 405 : 404;
      const body = JSON.stringify({
        error: 'invalid_request',
        error_description: 'POST /auth/o2/token is all there is',
      });
      await sendAnswer(response, { status, headers, body }, { latencyMs: 0 });
      return;
    }
    const disturbance = faults.disturb({ operation: lwaOperation });
    if (disturbance.latencyMs > 0) await sleep(disturbance.latencyMs);
    if (disturbance.drop === 'before') {
      counters.tokenCall({ succeeded: false });
      cutConnection(response);
      return;
    }
    if (disturbance.error !== undefined) {
      request.resume();
      counters.tokenCall({ succeeded: false });
      const { status, html } = disturbance.error;
      const code = status === 503 ? 'temporarily_unavailable' : 'server_error';
      const json = {
        status,
        headers,
        body: JSON.stringify({ error: code, error_description: 'Try again later' }),
      };
      await sendAnswer(response, html ? gatewayError(status, true, headers) : json, disturbance);
      return;
    }
    const text = await receiveBody(request);
    const answer: LwaAnswer = endpoint.answer(request.headers['content-type'], text);
    counters.tokenCall({ succeeded: answer.status === 200, sellerId: answer.sellerId });
    if (disturbance.drop === 'after') cutConnection(response);
    else
      await sendAnswer(
        response,
        { status: answer.status, headers, body: JSON.stringify(answer.body) },
        disturbance,
      );
  }
}
