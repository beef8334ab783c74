import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@fluxori/core';
import { receiveBody } from '../checks/request-body.js';
import type { RequestFaults } from '../faults/request-faults.js';
import { type Answer, cutConnection, sendAnswer } from '../http/answer.js';
import { type ActionContext, sqsActions } from './sqs-actions.js';
import type { SqsQueue } from './sqs-queue.js';
import type { SqsQueues } from './sqs-queues.js';
import { SqsRefusal } from './sqs-refusal.js';

export interface SqsGatewayParts {
  readonly queues: SqsQueues;
  readonly faults: RequestFaults;
  readonly logger: Logger;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Where it can be reached, known once it listens. */
  readonly ownUrl: () => string;
}

const target = /^AmazonSQS\.(\w+)$/;

/** The door of SQS: AWS's JSON protocol 1.0, as `@aws-sdk/client-sqs` speaks it. */
export class SqsGateway {
  readonly #parts: SqsGatewayParts;

  constructor(parts: SqsGatewayParts) {
    this.#parts = parts;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#serve(request, response).catch((error: unknown) => {
      if (!response.destroyed)
        this.#parts.logger.error({ error: String(error) }, 'sandbox: a request to SQS failed');
      cutConnection(response);
    });
  };

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { faults, sleep } = this.#parts;
    const name = target.exec(String(request.headers['x-amz-target']))?.[1] ?? '';
    const disturbance = faults.disturb({ operation: `sqs.${name}` });
    if (disturbance.latencyMs > 0) await sleep(disturbance.latencyMs);
    if (disturbance.drop === 'before') return cutConnection(response);
    const headers = { 'Content-Type': 'application/x-amz-json-1.0', 'x-amzn-RequestId': randomUUID() };
    if (disturbance.error !== undefined && disturbance.error.when !== 'after') {
      request.resume();
      await sendAnswer(response, serverError(disturbance.error.status, headers), disturbance);
      return;
    }
    const answer = await this.#answer(request, response, name, headers);
    if (disturbance.drop === 'after') return cutConnection(response);
    if (response.destroyed) return;
    const told = disturbance.error === undefined ? answer : serverError(disturbance.error.status, headers);
    await sendAnswer(response, told, disturbance);
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    name: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const { queues, now, ownUrl } = this.#parts;
    try {
      const text = await receiveBody(request);
      if (!/^AWS4-HMAC-SHA256 .*Signature=/.test(request.headers.authorization ?? ''))
        throw new SqsRefusal('MissingAuthenticationToken', 'Request is missing Authentication Token.');
      const run = Object.hasOwn(sqsActions, name) ? sqsActions[name] : undefined;
      if (run === undefined)
        throw new SqsRefusal(
          'UnknownOperationException',
          `The action ${JSON.stringify(name)} is not valid for this endpoint.`,
        );
      const context: ActionContext = {
        ...{ queues, now, ownUrl: ownUrl(), isGone: () => response.destroyed },
        untilChanged: (queue, ms) => this.#untilChanged(queue, ms, response),
      };
      return { status: 200, headers, body: JSON.stringify((await run(readJson(text), context)) ?? {}) };
    } catch (error) {
      if (!(error instanceof SqsRefusal)) throw error;
      const body = JSON.stringify({ __type: `com.amazonaws.sqs#${error.code}`, message: error.message });
      return { status: error.status, headers: { ...headers, 'x-amzn-query-error': error.queryError }, body };
    }
  }

  /** A caller who has gone must not be handed a message. */
  #untilChanged(queue: SqsQueue, ms: number, response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stop();
        response.off('close', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(Math.ceil(ms), 1));
      const stop = queue.onChange(done);
      response.once('close', done);
    });
  }
}

function readJson(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new SqsRefusal('InvalidParameterValue', 'The request is not valid JSON.');
  }
}

function serverError(status: number, headers: Readonly<Record<string, string>>): Answer {
  const code = status === 503 ? 'ServiceUnavailable' : 'InternalFailure';
  const body = JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message: 'Try again later.' });
  return { status, headers: { ...headers, 'x-amzn-query-error': `${code};Receiver` }, body };
}
