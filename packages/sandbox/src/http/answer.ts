import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Disturbance } from '../faults/disturbance.js';
import { errorTypeOf } from './refusal.js';

/** What goes back over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent for an answer without a body. */
  readonly body?: string;
}

/** How the sending ended. */
export type Sent = 'whole' | 'cut';

const slicesPerSecond = 20;

/** Sends an answer, as slowly or as badly as the faults want it. */
export async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  disturbance: Readonly<Disturbance>,
): Promise<Sent> {
  const body = answer.body === undefined ? undefined : Buffer.from(answer.body);
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(body === undefined ? {} : { 'Content-Length': body.length }),
  });
  if (disturbance.resetAfterBytes !== undefined) {
    const part = (body ?? Buffer.alloc(0)).subarray(
      0,
      Math.min(disturbance.resetAfterBytes, (body?.length ?? 0) - 1),
    );
    response.flushHeaders();
    if (part.length > 0) await new Promise<void>((resolve) => response.write(part, () => resolve()));
    // Lets the part leave before the reset, which throws away what is still queued.
    await wait(10);
    response.socket?.resetAndDestroy();
    return 'cut';
  }
  if (body === undefined) response.end();
  else if (disturbance.bytesPerSecond === undefined) response.end(body);
  else await trickle(response, body, disturbance.bytesPerSecond);
  return 'whole';
}

/** Closes the connection without a word. */
export function cutConnection(response: ServerResponse): void {
  response.socket?.destroy();
}

async function trickle(response: ServerResponse, body: Buffer, bytesPerSecond: number): Promise<void> {
  const slice = Math.max(1, Math.ceil(bytesPerSecond / slicesPerSecond));
  for (let at = 0; at < body.length && !response.destroyed; at += slice) {
    response.write(body.subarray(at, at + slice));
    await wait((slice / bytesPerSecond) * 1_000);
  }
  response.end();
}

/** A gateway's own error: HTML when the fault wants it, else Amazon's JSON. */
export function gatewayError(
  status: number,
  html: boolean,
  headers: Readonly<Record<string, string>>,
): Answer {
  const [code, message] = gatewayTexts[status] ?? [
    'InternalFailure',
    'We encountered an internal error. Please try again.',
  ];
  if (html) {
    const body = `<html>\r\n<head><title>${status} ${code}</title></head>\r\n<body>\r\n<center><h1>${status} ${code}</h1></center>\r\n</body>\r\n</html>\r\n`;
    return { status, headers: { ...headers, 'Content-Type': 'text/html' }, body };
  }
  return {
    status,
    headers: { ...headers, 'Content-Type': 'application/json', 'x-amzn-ErrorType': errorTypeOf(status) },
    body: JSON.stringify({ errors: [{ code, message, details: '' }] }),
  };
}

const gatewayTexts: Readonly<Record<number, readonly [string, string]>> = {
  400: ['InvalidInput', 'Request has missing or invalid parameters and cannot be parsed.'],
  403: ['Unauthorized', 'Access to requested resource is denied.'],
  500: ['InternalFailure', 'We encountered an internal error. Please try again.'],
  502: ['BadGateway', 'Bad gateway.'],
  503: ['ServiceUnavailable', 'Service is temporarily unavailable. Please try again.'],
  504: ['GatewayTimeout', 'Endpoint request timed out.'],
};
