import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { receiveBody } from '../checks/request-body.js';
import type { Sandbox } from '../sandbox.js';
import { type AdminAnswer, answerAdmin } from './admin-api.js';

/** Serves the admin API of a sandbox over HTTP. */
export function adminGateway(sandbox: Sandbox): RequestListener {
  return (request, response) => {
    serve(sandbox, request)
      .catch((error: unknown): AdminAnswer => ({ status: 500, body: { error: String(error) } }))
      .then((answer) => send(response, answer));
  };
}

async function serve(sandbox: Sandbox, request: IncomingMessage): Promise<AdminAnswer> {
  const text = await receiveBody(request);
  let body: unknown;
  try {
    body = text === '' ? undefined : JSON.parse(text);
  } catch {
    return { status: 400, body: { error: 'The body is not valid JSON.' } };
  }
  const path = (request.url ?? '/').split('?')[0] as string;
  return answerAdmin(sandbox, request.method ?? 'GET', path, body);
}

function send(response: ServerResponse, { status, body }: AdminAnswer): void {
  const text = JSON.stringify(body, null, 2);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
